// Every injection, in the order they run. Identity goes before runAsNonRoot, which it sets where it knows the user.

import type { Injection } from './fill-in.ts';
import { allowPrivilegeEscalation } from './harden/allowPrivilegeEscalation.ts';
import { capabilities } from './harden/capabilities.ts';
import { hostUsers } from './harden/hostUsers.ts';
import { readOnlyRootFilesystem } from './harden/readOnlyRootFilesystem.ts';
import { runAsNonRoot } from './harden/runAsNonRoot.ts';
import { seccompProfile } from './harden/seccompProfile.ts';
import { identity } from './identity/identity.ts';
import { runtimeClass } from './runtime/runtimeClass.ts';

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
