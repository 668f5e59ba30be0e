// Starts the cluster of the tests and keeps it until Ctrl-C. With what it prints, the files of a new test run against it one by one,
// without waiting for a node each time.
import { once } from 'node:events';
import { startOwnCluster } from './own-cluster.ts';

const cluster = await startOwnCluster();
console.log(`SANDGATE_NODE_KUBECONFIG=${cluster.plane.kubeconfig()} npm run test:node -- FILE`);
// Nothing else keeps this process: the parts are not waited for.
const awake = setInterval(() => {}, 60_000);
await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM'), cluster.node.ended]);
console.error(`stopping. The end of the machine's console:\n${cluster.node.consoleTail()}`);
clearInterval(awake);
await cluster.stop();
