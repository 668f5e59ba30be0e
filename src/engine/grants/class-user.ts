// Which user is asked about, besides the pod's service account, when a class is to be used.
import type { Subject, UserInfo } from '../../model/subject.ts';
import type { Workload } from '../../workloads/workload.ts';
import { isPod } from '../locate.ts';

const NOBODY: UserInfo = Object.freeze({ username: '', groups: Object.freeze([]) });

/**
 * For a pod, the user who sends the request. For any other kind nobody: its pods are created by a controller, so only their
 * service account counts, and an object whose pods would be refused is refused or warned about right away.
 */
export function classUser({ user }: Pick<Subject, 'user'>, workload: Workload): UserInfo {
  return isPod(workload) ? user : NOBODY;
}
