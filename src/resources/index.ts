// The registry of our own kinds. A kind is a folder that says what it consists of (kind.ts), and a line here. `npm run docs` then
// writes its schema, CRD, reference page and rights; everything else follows by itself. The order is that of docs, metrics and
// watches. test/additions/own-kind.test.ts adds one to a copy of the tree.
import { CAPABILITY_CLASS } from './capability-class/index.ts';
import { ISOLATION_EXCEPTION } from './isolation-exception/index.ts';
import { ISOLATION_POLICY } from './isolation-policy/index.ts';
import type { OwnKind } from './kind.ts';
import { WORKLOAD_KIND } from './workload-kind/index.ts';

/** Every kind that files, the API server and the chart know of. */
export const OWN_KINDS: readonly OwnKind[] = [ISOLATION_POLICY, CAPABILITY_CLASS, ISOLATION_EXCEPTION, WORKLOAD_KIND];
