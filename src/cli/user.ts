// Who creates the objects, where no API server can tell.
import { serviceAccountGroups } from '../kubernetes/service-account.ts';
import type { UserInfo } from '../model/subject.ts';

const SERVICE_ACCOUNT = /^system:serviceaccount:([^:]+):[^:]+$/;

/**
 * The user as the API server would see one. Without a name: nobody in particular, whom no rule of RBAC allows anything.
 * With one: in `system:authenticated`, and a service account in the groups of its namespace, too.
 */
export function userInfo(name: string, groups: readonly string[]): UserInfo {
  return { username: name, groups: [...new Set([...groups, ...impliedGroups(name)])] };
}

function impliedGroups(name: string): readonly string[] {
  if (name === '') return [];
  const namespace = SERVICE_ACCOUNT.exec(name)?.[1];
  return namespace === undefined ? ['system:authenticated'] : serviceAccountGroups(namespace);
}
