// Checks of the Pod Security Standards as they were before a version that made exceptions.
import type { Check, CheckPod } from '../../pod-security/check.ts';

/** The function of a check's version before this one. */
export function before(check: Check, since: `1.${number}`): CheckPod {
  const index = check.versions.findIndex((version) => version.since === since);
  const version = check.versions[index - 1];
  if (!version) throw new Error(`${check.id} has no version before ${since}`);
  return version.check;
}
