// `npm run node:parts`: makes everything that a node is started from, once, and prints its progress. docs/testing.md says how long.
import { findBinaries } from '../../cluster/control-plane/binaries.ts';
import { nodeCache } from './cache.ts';
import { nodeParts } from './disk.ts';

await findBinaries();
await nodeParts('make');
console.log(`the node's parts are in ${nodeCache()} and beside it; now: npm run test:node`);
