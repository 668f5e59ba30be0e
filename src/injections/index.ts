// Every injection, in the order they run. Identity goes before runAsNonRoot, which it sets where it knows the user.
import { allowPrivilegeEscalation } from './allowPrivilegeEscalation.ts';
import { capabilities } from './capabilities.ts';
import { hostUsers } from './hostUsers.ts';
import { identity } from './identity.ts';
import type { Injection } from './injection.ts';
import { readOnlyRootFilesystem } from './readOnlyRootFilesystem.ts';
import { runAsNonRoot } from './runAsNonRoot.ts';
import { runtimeClass } from './runtimeClass.ts';
import { seccompProfile } from './seccompProfile.ts';

export const INJECTIONS: readonly Injection[] = [
  runtimeClass,
  hostUsers,
  identity,
  seccompProfile,
  allowPrivilegeEscalation,
  capabilities,
  runAsNonRoot,
  readOnlyRootFilesystem,
];
