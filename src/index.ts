// The library: the engine for other programs, in Node and in browsers. It does no I/O and reads no clock. docs/library.md shows
// what it is for.
export { check } from './library/check.ts';
export { explain } from './library/explain.ts';
export { explainName } from './library/explain-name.ts';
export type * from './library/explain-types.ts';
export { fillIn } from './library/fill-in.ts';
export { loadPolicies } from './library/policies.ts';
export { replies } from './library/replies.ts';
export { review } from './library/review.ts';
export type * from './library/types.ts';
export { VERSION as version } from './model/version.ts';
