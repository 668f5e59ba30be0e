// A process that starts a control plane, says where, and waits to be killed: for the test that nothing of it stays behind.
import { startControlPlane } from './control-plane.ts';

const plane = await startControlPlane();
console.log(JSON.stringify({ pids: Object.values(plane.pids()), folder: plane.folder }));
setInterval(() => {}, 1000);
