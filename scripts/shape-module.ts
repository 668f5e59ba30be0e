// A part of the build: the table of pod fields, compiled while bundling. A page whose Content-Security-Policy has no
// 'unsafe-eval' cannot do it itself.
import { resolve } from 'node:path';
import type { Plugin } from 'rolldown';
import { shapeCode } from '../src/kubernetes/shape-code.ts';

const COMPILER = resolve(import.meta.dirname, '../src/kubernetes/compile-shape.ts');
/** The only type that is asked for; another one would not be in the bundle. */
const ROOT = 'PodTemplateSpec';

/** Puts what the compiler would make in its place. */
export function shapeModule(): Plugin {
  return {
    name: 'shape-module',
    load: (id) =>
      id === COMPILER
        ? `${shapeCode(ROOT)}
export function compileShape(root) {
  if (root !== '${ROOT}') throw new TypeError(root + ' was not compiled');
  return ${ROOT};
}`
        : null,
  };
}
