// One server process of the bench. `sandgate`: the webhook. `fastify`: a server of the same framework that parses the
// same body and always says the same. `node`: likewise, without the framework.
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { join } from 'node:path';
import Fastify from 'fastify';
import { Registry } from 'prom-client';
import { ownField, stringField } from '../../src/model/json.ts';
import { VERSION } from '../../src/model/version.ts';
import { createLog } from '../../src/observe/log.ts';
import { createMetrics } from '../../src/observe/metrics.ts';
import { createObserver } from '../../src/observe/observer.ts';
import { buildApp } from '../../src/server/app.ts';
import { makeDevelopment } from '../../src/server/development/development.ts';
import { WORKLOADS } from '../../src/workloads/index.ts';
import { gateOf } from '../support/gate.ts';
import type { FromServer } from './protocol.ts';

const POLICY = join(import.meta.dirname, '../../policies/agents/policy.yaml');
const UID = '6e2c1f48-49d3-4060-8037-a78e6afb2245';
const CONSTANT = JSON.stringify({
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  response: { uid: UID, allowed: true },
});
const BODY_LIMIT = 8 * 1024 * 1024;
const KEEP_ALIVE_MS = 120_000;

function tell(message: FromServer): void {
  process.send?.(message);
}

const development = await makeDevelopment('127.0.0.1');
development.remove();
const { certificate } = development;
const url = await start();

process.on('message', () => {
  const { user, system } = process.cpuUsage();
  tell({ type: 'usage', cpuMicros: user + system, rss: process.memoryUsage.rss() });
});
process.on('disconnect', () => process.exit());
tell({ type: 'listening', url, ca: certificate.cert });

function start(): Promise<string> {
  const kind = process.argv[2] ?? 'sandgate';
  switch (kind) {
    case 'fastify':
      return constantFastify().listen({ host: '127.0.0.1', port: 0 });
    case 'node':
      return listen(constantNode());
    default: {
      const gate = gateOf(readFileSync(POLICY, 'utf8'));
      // The log goes to /dev/null, but is written all the same.
      const log = createLog('info');
      const observer = createObserver(log, createMetrics(new Registry(), { version: VERSION, kinds: WORKLOADS }));
      const app = buildApp({ getGate: () => gate, log, observer, certificate });
      return app.listen({ host: '127.0.0.1', port: 0 });
    }
  }
}

/** Everything a webhook in this framework has to do, and nothing else. */
function constantFastify(): ReturnType<typeof buildApp> {
  const constant = Fastify({
    https: { ...certificate, minVersion: 'TLSv1.2' as const },
    logger: false,
    bodyLimit: BODY_LIMIT,
    keepAliveTimeout: KEEP_ALIVE_MS,
  });
  constant.removeAllContentTypeParsers();
  constant.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  constant.post('*', (request, reply) => {
    const review: unknown = Buffer.isBuffer(request.body) ? JSON.parse(request.body.toString('utf8')) : undefined;
    reply.code(review === undefined ? 400 : 200);
    reply.header('content-type', 'application/json; charset=utf-8').send(CONSTANT);
  });
  return constant;
}

function constantNode(): Server {
  return createServer(
    { ...certificate, minVersion: 'TLSv1.2', keepAliveTimeout: KEEP_ALIVE_MS },
    (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const review: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
        // An API server takes an answer for its own only by the uid of its question.
        const uid = stringField(ownField(review, 'request'), 'uid');
        const answer = uid === undefined ? CONSTANT : CONSTANT.replace(UID, uid);
        response.writeHead(200, {
          'content-type': 'application/json; charset=utf-8',
          'content-length': answer.length,
        });
        response.end(answer);
      });
    },
  );
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('not listening on a port');
  return `https://127.0.0.1:${address.port}`;
}
