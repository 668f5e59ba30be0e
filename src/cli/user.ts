// Who creates the objects, where no API server can tell.
import type { UserInfo } from '../model/subject.ts';

const SERVICE_ACCOUNT = /^system:serviceaccount:([^:]+):[^:]+$/;

/**
 * The user as the API server would see one. Without a name: nobody in particular, whom no rule of RBAC allows anything.
 * With one: in `system:authenticated`, and a service account in the groups of its namespace, too.
 */
export function userInfo(name: string, groups: readonly string[]): UserInfo {
  const implied: string[] = [];
  if (name !== '') {
    const namespace = SERVICE_ACCOUNT.exec(name)?.[1];
    if (namespace !== undefined) implied.push('system:serviceaccounts', `system:serviceaccounts:${namespace}`);
    implied.push('system:authenticated');
  }
  return { username: name, groups: [...new Set([...groups, ...implied])] };
}
