// A server process for tests of its life and death: `node serve-with.ts OPTIONS` with {@link ServedOptions} as JSON. Each
// SIGUSR2 is a bug somewhere, thrown and rejected in turn.

import { ownField } from '../../src/model/json.ts';
import { startServer } from '../../src/server/listen.ts';
import { gateOf, policyYaml } from './gate.ts';

/** What a test decides. */
export interface ServedOptions {
  readonly drainMs?: number;
  readonly shutdownDeadlineMs?: number;
  /** SIGTERM comes before it listens. */
  readonly endsEarly?: boolean;
}

function millis(name: 'drainMs' | 'shutdownDeadlineMs'): number | undefined {
  const value = ownField(given, name);
  return typeof value === 'number' ? value : undefined;
}

const given: unknown = JSON.parse(process.argv[2] ?? '{}');
const gate = gateOf(policyYaml('restricted', 'podSecurity: { level: restricted }\nharden: restricted'));
const shutdownDeadlineMs = millis('shutdownDeadlineMs');

let endsEarly = ownField(given, 'endsEarly') === true;

let bugs = 0;
process.on('SIGUSR2', () => {
  if (bugs++ % 2 === 1) void Promise.reject(new Error('a rejected bug'));
  else throw new Error('a thrown bug');
});

const server = await startServer({
  gate() {
    if (endsEarly) process.kill(process.pid, 'SIGTERM');
    endsEarly = false;
    return gate;
  },
  host: '127.0.0.1',
  port: 0,
  tls: 'development',
  logLevel: 'info',
  drainMs: millis('drainMs') ?? 0,
  ...(shutdownDeadlineMs !== undefined && { shutdownDeadlineMs }),
});
await server.closed;
