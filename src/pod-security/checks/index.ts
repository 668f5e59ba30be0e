// The registry of the Pod Security Standards: every check of this folder, in the order of their files.
import type { Check } from '../check.ts';
import { allowPrivilegeEscalation } from './allowPrivilegeEscalation.ts';
import { appArmorProfile } from './appArmorProfile.ts';
import { capabilities_baseline } from './capabilities_baseline.ts';
import { capabilities_restricted } from './capabilities_restricted.ts';
import { hostNamespaces } from './hostNamespaces.ts';
import { hostPathVolumes } from './hostPathVolumes.ts';
import { hostPorts } from './hostPorts.ts';
import { hostProbesAndHostLifecycle } from './hostProbesAndHostLifecycle.ts';
import { privileged } from './privileged.ts';
import { procMount } from './procMount.ts';
import { procMount_restricted } from './procMount_restricted.ts';
import { restrictedVolumes } from './restrictedVolumes.ts';
import { runAsNonRoot } from './runAsNonRoot.ts';
import { runAsUser } from './runAsUser.ts';
import { seccompProfile_baseline } from './seccompProfile_baseline.ts';
import { seccompProfile_restricted } from './seccompProfile_restricted.ts';
import { seLinuxOptions } from './seLinuxOptions.ts';
import { sysctls } from './sysctls.ts';
import { windowsHostProcess } from './windowsHostProcess.ts';

/** All checks of the standard, of both levels and every version. */
export const POD_SECURITY_CHECKS: readonly Check[] = [
  allowPrivilegeEscalation,
  appArmorProfile,
  capabilities_baseline,
  capabilities_restricted,
  hostNamespaces,
  hostPathVolumes,
  hostPorts,
  hostProbesAndHostLifecycle,
  privileged,
  procMount,
  procMount_restricted,
  restrictedVolumes,
  runAsNonRoot,
  runAsUser,
  seLinuxOptions,
  seccompProfile_baseline,
  seccompProfile_restricted,
  sysctls,
  windowsHostProcess,
];
