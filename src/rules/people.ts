// Users, groups and service accounts, as rules name who may do something.
import { serviceAccountUser } from '../kubernetes/service-account.ts';
import type { UserInfo } from '../model/subject.ts';
import { joinQuoted, pluralize } from '../model/text.ts';

/** The schemas of the three lists. */
export const PEOPLE_PROPERTIES = {
  users: {
    type: 'array',
    description: 'Users who may.',
    maxItems: 100,
    items: { type: 'string', minLength: 1, description: 'The name of a user, as the API server knows it.' },
  },
  groups: {
    type: 'array',
    description: 'Groups whose members may.',
    maxItems: 100,
    items: { type: 'string', minLength: 1, description: 'The name of a group, as the API server knows it.' },
  },
  serviceAccounts: {
    type: 'array',
    description: 'Service accounts that may.',
    maxItems: 100,
    items: {
      type: 'string',
      maxLength: 317,
      pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?/[a-z0-9]([-a-z0-9.]*[a-z0-9])?$',
      errorMessage: 'expected NAMESPACE/NAME',
      description: 'A service account, as NAMESPACE/NAME.',
    },
  },
} as const;

/** Users, groups and service accounts, as a policy names them. */
export interface People {
  readonly users?: readonly string[];
  readonly groups?: readonly string[];
  readonly serviceAccounts?: readonly string[];
}

/** Those named, in words: `user "a"`, `service accounts "b/c", "d/e"`; none where nobody is. */
export function namesOf({ users = [], groups = [], serviceAccounts = [] }: People): string[] {
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
export function compilePeople({ users = [], groups = [], serviceAccounts = [] }: People): (user: UserInfo) => boolean {
  const names = new Set(users);
  for (const account of serviceAccounts) {
    const [namespace = '', name = ''] = account.split('/');
    names.add(serviceAccountUser(namespace, name).username);
  }
  const members = new Set(groups);
  return (user) => names.has(user.username) || user.groups.some((group) => members.has(group));
}
