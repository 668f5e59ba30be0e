// Which users a policy allows: a range of its own, or that of the namespace.
import { ownField } from '../../model/json.ts';
import { quoteVisible } from '../../model/text.ts';
import type { CheckRequest } from '../check.ts';
import { type IdentityParameters, usersInWords } from './parameters.ts';

type Users = NonNullable<IdentityParameters['users']>;

/** A range of users, both ends included. */
interface UserRange {
  readonly min: number;
  readonly max: number;
}

/** The users that are allowed. */
export interface AllowedUsers {
  /** Undefined where the namespace does not say. Nobody is allowed then. */
  readonly range: UserRange | undefined;
  /** As messages show them. */
  readonly inWords: string;
}

/** Makes the function that says which users are allowed in the namespace of a request. */
export function allowedUsers(users: Users): (request: CheckRequest) => AllowedUsers {
  const { min = 0, max = Infinity, fromNamespaceAnnotation: key } = users;
  if (key === undefined) {
    const fixed: AllowedUsers = { range: { min, max }, inWords: usersInWords(users) };
    return () => fixed;
  }
  return (request) => {
    const range = rangeOfNamespace(key, request);
    if (typeof range === 'string') return { range: undefined, inWords: `those of the namespace, whose ${range}` };
    return { range, inWords: `${usersInWords(range)}, by annotation "${key}" of the namespace` };
  };
}

/** The range that an annotation of the namespace gives, or why it gives none: `annotation "x" is not set`. */
export function rangeOfNamespace(key: string, { namespaceAnnotations }: CheckRequest): UserRange | string {
  const annotation = `annotation "${key}"`;
  if (namespaceAnnotations === undefined) return `${annotation} is not known`;
  const text = ownField(namespaceAnnotations, key);
  if (typeof text !== 'string') return `${annotation} is not set`;
  return parseRange(text) ?? `${annotation} is ${quoteVisible(shortened(text))}, which is not a range of users`;
}

const MOST_SHOWN = 40;

function shortened(text: string): string {
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}...` : text;
}

const BLOCK = /^(\d{1,10})([/-])(\d{1,10})$/;
/** The greatest number of a user on Linux: the one above it stands for none. */
const GREATEST = 2 ** 32 - 2;

/**
 * Reads `START/SIZE` or `START-END`, the two forms of OpenShift (`uid.ParseBlock` in openshift/origin). Stricter than it: with
 * anything behind the numbers, an empty range or one that ends beyond the users of Linux, it is not a range.
 */
function parseRange(text: string): UserRange | undefined {
  const [, first, form, second] = BLOCK.exec(text) ?? [];
  const min = Number(first);
  const max = form === '/' ? min + Number(second) - 1 : Number(second);
  return form !== undefined && min <= max && max <= GREATEST ? { min, max } : undefined;
}
