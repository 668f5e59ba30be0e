// Whether the API server gives a pod the token of its service account.
import type { PodView } from '../../kubernetes/containers.ts';
import { isGiven } from '../../kubernetes/stated-user.ts';
import type { CheckRequest } from '../check.ts';

/** Its controller sets automountServiceAccountToken to false where a template does not say; that of a Sandbox does not. */
const WITHOUT_TOKEN_BY_DEFAULT = 'SandboxTemplate.extensions.agents.x-k8s.io';

/** True for a pod that is given the token unless its account says otherwise, which cannot be seen in the pod. */
export function mountsToken({ spec }: PodView, { kind }: CheckRequest): boolean {
  const stated = spec.automountServiceAccountToken;
  return isGiven(stated) ? stated : kind !== WITHOUT_TOKEN_BY_DEFAULT;
}
