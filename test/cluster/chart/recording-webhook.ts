// Our server on loopback, as an API server can reach it by URL, that remembers which reviews it was sent.

import type { Gate } from '../../../src/engine/gate.ts';
import { isJsonObject, ownField, stringField } from '../../../src/model/json.ts';
import { createLog } from '../../../src/observe/log.ts';
import { buildApp } from '../../../src/server/app.ts';
import { issue, makeAuthority } from '../../support/certificates.ts';

/** One review as it came: `/validate UPDATE pods/resize web`. */
export type SeenReview = string;

export interface RecordingWebhook {
  readonly url: string;
  /** PEM of the authority that signed its certificate, in base64, as webhook configurations want it. */
  readonly caBundle: string;
  /**
   * What was sent since the last call, one review for each request. An API server on a busy machine sends the review of one patch
   * twice: it patches the object of its watch cache, and does all of it again where etcd has a newer one (`GuaranteedUpdate` in
   * k8s.io/apiserver/pkg/storage/etcd3/store.go). The second review, which says the same again, is left out.
   */
  readonly taken: () => readonly SeenReview[];
  readonly close: () => Promise<void>;
}

/** Starts it on a free port. Close it, or the test process stays. */
export async function startRecordingWebhook(gate: Gate): Promise<RecordingWebhook> {
  const authority = await makeAuthority('webhook');
  const certificate = await issue(authority, { name: 'webhook' });
  const app = buildApp({ getGate: () => gate, log: createLog('silent'), certificate });
  let seen: SeenReview[] = [];
  app.addHook('preHandler', (request, _reply, done) => {
    // The API server says how long it will wait: `/validate?timeout=5s`.
    seen.push(`${request.url.split('?')[0]} ${describeReview(request.body)}`);
    done();
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    url,
    caBundle: Buffer.from(authority.cert).toString('base64'),
    taken() {
      const taken = new Set(seen);
      seen = [];
      return [...taken];
    },
    async close() {
      // The API server keeps its connections; they would be waited for.
      app.server.closeAllConnections();
      await app.close();
    },
  };
}

function describeReview(body: unknown): string {
  const review: unknown = Buffer.isBuffer(body) ? JSON.parse(body.toString('utf8')) : undefined;
  const request = ownField(review, 'request');
  if (!isJsonObject(request)) return 'no review';
  const resource = stringField(ownField(request, 'resource'), 'resource') ?? '';
  const subresource = stringField(request, 'subResource');
  const metadata = ownField(ownField(request, 'object'), 'metadata');
  const name = stringField(metadata, 'name') ?? `${stringField(metadata, 'generateName')}*`;
  return `${stringField(request, 'operation')} ${resource}${subresource === undefined ? '' : `/${subresource}`} ${name}`;
}
