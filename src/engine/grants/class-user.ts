// Whose right to use a class counts.
import type { Subject, UserInfo } from '../../model/subject.ts';
import type { Workload } from '../../workloads/workload.ts';
import { isPod } from '../locate.ts';

const NOBODY: UserInfo = Object.freeze({ username: '', groups: Object.freeze([]) });

/**
 * The user beside the service account who may use a class: of a pod, whoever creates it. Of anything else nobody, since its
 * pods are made by a controller, and refused where their service account may not: better say so at once.
 */
export function classUser({ user }: Pick<Subject, 'user'>, workload: Workload): UserInfo {
  return isPod(workload) ? user : NOBODY;
}
