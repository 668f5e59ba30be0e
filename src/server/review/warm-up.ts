// Answers made-up reviews before the server listens. The first review of a process takes over ten times as long as later
// ones, while code is loaded and compiled. Less than half of that is the engine and the rest is TLS, HTTP and Fastify, so
// real requests are sent. With it, the first review takes two to three times as long (docs/performance.md).
import { Agent, request } from 'node:https';
import { handleReview } from '../../admission/handle.ts';
import type { Gate } from '../../engine/gate.ts';
import { createLog } from '../../observe/log.ts';
import { buildApp } from '../app.ts';
import { UNSAFE_POD } from '../development/examples.ts';
import type { Certificate } from '../tls/certificate.ts';
import { parseBody } from './body.ts';
import { WARM_UP_REVIEW } from './warm-up-review.ts';

const ENGINE_ROUNDS = 20;
const REQUEST_ROUNDS = 10;
/** Ten thousand times what a request takes: then something is wrong. */
const TIMEOUT_MS = 5000;

const PATHS = ['/mutate', '/validate'] as const;
const BODIES = [WARM_UP_REVIEW, UNSAFE_POD].map((review) => Buffer.from(JSON.stringify(review)));

/**
 * Answers made-up reviews with the engine, and then over TLS with a second app on a loopback port. Nothing is logged or
 * counted. Rejects where that fails; the server can be started all the same.
 */
export async function warmUp(getGate: () => Gate, certificate: Certificate): Promise<void> {
  warmEngine(getGate());
  const warmUpApp = buildApp({ getGate, log: createLog('silent'), certificate });
  // The certificate is our own, and need not name this address.
  const agent = new Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false, timeout: TIMEOUT_MS });
  try {
    const url = await warmUpApp.listen({ host: '127.0.0.1', port: 0 });
    for (let round = 0; round < REQUEST_ROUNDS; round++) {
      for (const body of BODIES) for (const path of PATHS) await post(`${url}${path}`, body, agent);
    }
  } finally {
    agent.destroy();
    await warmUpApp.close();
  }
}

function warmEngine(gate: Gate): void {
  for (let round = 0; round < ENGINE_ROUNDS; round++) {
    for (const body of BODIES) {
      const parsed = parseBody(body);
      if (!parsed.ok) continue;
      for (const webhook of ['mutate', 'validate'] as const) handleReview(parsed.value, webhook, gate);
    }
  }
}

function post(url: string, body: Buffer, agent: Agent): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const headers = { 'content-type': 'application/json', 'content-length': body.length };
  request(url, { method: 'POST', headers, agent })
    .on('timeout', () => reject(new Error(`no answer within ${TIMEOUT_MS} ms`)))
    .on('error', reject)
    .on('response', (response) => response.on('end', resolve).on('error', reject).resume())
    .end(body);
  return promise;
}
