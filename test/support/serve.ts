// A server process for tests: `node serve.ts DRAIN_MS [CERT KEY]` listens on a free port with a restricted policy.
import { startServer } from '../../src/server/listen.ts';
import { gateOf, policyYaml } from './gate.ts';

const [drainMs = '0', certFile, keyFile] = process.argv.slice(2);
const gate = gateOf(policyYaml('restricted', 'podSecurity: { level: restricted }\nharden: restricted'));
const server = await startServer({
  gate: () => gate,
  host: '127.0.0.1',
  port: 0,
  tls: certFile && keyFile ? { certFile, keyFile } : 'development',
  logLevel: 'info',
  drainMs: Number(drainMs),
});
await server.closed;
console.error('stopped');
