// The user who creates the objects, by the options: offline no API server authenticates one.
import { serviceAccountGroups } from '../kubernetes/service-account.ts';
import type { UserInfo } from '../model/subject.ts';

const SERVICE_ACCOUNT = /^system:serviceaccount:([^:]+):[^:]+$/;

/**
 * The user as the API server would see one: in `system:authenticated`, and a service account also in the groups of its
 * namespace. A user without a name is in the given groups only.
 */
export function userInfo(name: string, groups: readonly string[]): UserInfo {
  return { username: name, groups: [...new Set([...groups, ...impliedGroups(name)])] };
}

function impliedGroups(name: string): readonly string[] {
  if (name === '') return [];
  const namespace = SERVICE_ACCOUNT.exec(name)?.[1];
  return namespace === undefined ? ['system:authenticated'] : serviceAccountGroups(namespace);
}
