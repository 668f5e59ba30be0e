// Where something that a node needs is not available, its tests are skipped and do not fail; a mistake of ours is another kind of error.

/** Says in one sentence what is missing and how to get it. */
export class CannotHaveNode extends Error {
  override readonly name = 'CannotHaveNode';
}
