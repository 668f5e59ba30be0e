// Who may write reserved keys, and who wrote what a request brings.
import { serviceAccountUser } from '../../kubernetes/service-account.ts';
import { ownField, stringField } from '../../model/json.ts';
import type { UserInfo } from '../../model/subject.ts';
import { joinQuoted, pluralize } from '../../model/text.ts';
import type { CheckRequest } from '../check.ts';

/** Users, groups and service accounts, as a policy names them. */
export interface Writers {
  readonly users?: readonly string[];
  readonly groups?: readonly string[];
  readonly serviceAccounts?: readonly string[];
}

/** Those who may write, in words: `user "a"`, `service accounts "b/c", "d/e"`; none where nobody may. */
export function mayWrite({ users = [], groups = [], serviceAccounts = [] }: Writers): string[] {
  return [
    ...named('user', 'users', users),
    ...named('group', 'groups', groups),
    ...named('service account', 'service accounts', serviceAccounts),
  ];
}

function named(singular: string, plural: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`${pluralize(singular, plural, names.length)} ${joinQuoted(names)}`];
}

/** Makes the test whether a user is among them. */
export function compileWriters({
  users = [],
  groups = [],
  serviceAccounts = [],
}: Writers): (user: UserInfo) => boolean {
  const names = new Set(users);
  for (const account of serviceAccounts) {
    const [namespace = '', name = ''] = account.split('/');
    names.add(serviceAccountUser(namespace, name).username);
  }
  const members = new Set(groups);
  return (user) => names.has(user.username) || user.groups.some((group) => members.has(group));
}

/**
 * True for an object that a cluster stored, in a file: nobody knows any more who wrote what in it. The API server names a
 * user in every review, and only objects that were stored have a uid.
 */
export function hasUnknownAuthor({ user, object }: CheckRequest): boolean {
  return user.username === '' && stringField(ownField(object, 'metadata'), 'uid') !== undefined;
}
