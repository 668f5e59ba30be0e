// What a node cannot be had without is a reason to skip its tests, never to fail: a mistake of ours is another kind of error.

/** Says in one sentence what is missing and how to get it. */
export class CannotHaveNode extends Error {
  override readonly name = 'CannotHaveNode';
}
