// Who wrote what a request brings: of reserved keys, only those who are named may write them.
import { ownField, stringField } from '../../model/json.ts';
import type { CheckRequest } from '../check.ts';

/**
 * True for an object that a cluster stored, in a file: nobody knows any more who wrote what in it. The API server names a
 * user in every review, and only objects that were stored have a uid.
 */
export function hasUnknownAuthor({ user, object }: CheckRequest): boolean {
  return user.username === '' && stringField(ownField(object, 'metadata'), 'uid') !== undefined;
}
