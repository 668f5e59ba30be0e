// One server process of the bench: `sandgate`, or `constant`, which parses the same body and always says the same.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Fastify from 'fastify';
import { createLog } from '../../src/observe/log.ts';
import { buildApp } from '../../src/server/app.ts';
import { makeDevelopment } from '../../src/server/development.ts';
import { gateOf } from '../support/gate.ts';
import type { FromServer } from './protocol.ts';

const POLICY = join(import.meta.dirname, '../../policies/agents/policy.yaml');
const CONSTANT = JSON.stringify({
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  response: { uid: '6e2c1f48-49d3-4060-8037-a78e6afb2245', allowed: true },
});

function tell(message: FromServer): void {
  process.send?.(message);
}

const development = await makeDevelopment('127.0.0.1');
const { certificate } = development;
// Only the certificate is needed, not the files to try it with.
development.remove();
// Its log goes to /dev/null, but is written all the same.
const app = process.argv[2] === 'constant' ? constantApp() : sandgateApp();
const url = await app.listen({ host: '127.0.0.1', port: 0 });

process.on('message', () => {
  const { user, system } = process.cpuUsage();
  tell({ type: 'usage', cpuMicros: user + system, rss: process.memoryUsage.rss() });
});
process.on('disconnect', () => process.exit());
tell({ type: 'listening', url, ca: certificate.cert });

function sandgateApp(): ReturnType<typeof buildApp> {
  const gate = gateOf(readFileSync(POLICY, 'utf8'));
  return buildApp({ getGate: () => gate, log: createLog('info'), certificate });
}

/** Everything a webhook in this framework has to do, and nothing else. */
function constantApp(): ReturnType<typeof buildApp> {
  const constant = Fastify({
    https: { ...certificate, minVersion: 'TLSv1.2' as const },
    logger: false,
    bodyLimit: 8 * 1024 * 1024,
    keepAliveTimeout: 120_000,
  });
  constant.removeAllContentTypeParsers();
  constant.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  constant.post('/', (request, reply) => {
    const review: unknown = Buffer.isBuffer(request.body) ? JSON.parse(request.body.toString('utf8')) : undefined;
    reply.code(review === undefined ? 400 : 200);
    reply.header('content-type', 'application/json; charset=utf-8').send(CONSTANT);
  });
  return constant;
}
