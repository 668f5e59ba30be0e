// Makes functions of the code in shape-code.ts. The library and the playground, which must do without this in a page that
// forbids it, have the code itself in the place of this file: scripts/shape-module.ts.
import type { TypeName } from './field-type.ts';
import { shapeCode } from './shape-code.ts';

/** Whether a value is an object, and every field of it that the table has is absent, null or of the table's type. */
export function compileShape(root: TypeName): (value: unknown) => boolean {
  // oxlint-disable-next-line typescript/no-implied-eval
  const make = new Function(`${shapeCode(root)}\nreturn ${root};`);
  const shape: unknown = Reflect.apply(make, undefined, []);
  if (!isPredicate(shape)) throw new TypeError('the table of pod fields did not become a function');
  return shape;
}

function isPredicate(value: unknown): value is (value: unknown) => boolean {
  return typeof value === 'function';
}
