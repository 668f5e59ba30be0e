// Somebody else's mutating webhook: a real HTTPS server on loopback that patches every pod it is asked about, registered for
// one namespace. Its place among all mutating webhooks is that of its name in the alphabet; ours is `sandgate`.
import { createServer } from 'node:https';
import { buffer } from 'node:stream/consumers';
import { isJsonObject, type JsonObject } from '../../../src/model/json.ts';
import { issue, makeAuthority } from '../../support/certificates.ts';
import { at } from '../control-plane/at.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { podOf } from './workloads.ts';

/** A JSON patch for a pod. */
export type PatchPod = (pod: JsonObject) => readonly JsonObject[];

export interface OtherWebhook {
  /** The pods it has been asked about since the last call, as they were. */
  taken(): readonly JsonObject[];
  /** Unregisters it and ends it. */
  stop(): Promise<void>;
}

export interface OtherWebhookOptions {
  /** Of its configuration: `a…` is asked before us, `z…` after us. */
  readonly name: string;
  readonly namespace: string;
  readonly patch: PatchPod;
  /** Whether it wants to be asked again where a later webhook changed the pod. */
  readonly reinvocationPolicy?: 'Never' | 'IfNeeded';
}

/** Starts and registers it, and resolves when the API server asks it about the namespace's pods. */
export async function startOtherWebhook(plane: ControlPlane, options: OtherWebhookOptions): Promise<OtherWebhook> {
  const { name, namespace, patch, reinvocationPolicy = 'Never' } = options;
  const authority = await makeAuthority(name);
  const certificate = await issue(authority, { name });
  let seen: JsonObject[] = [];
  const server = createServer({ cert: certificate.cert, key: certificate.key }, (request, response) => {
    void (async () => {
      const review: unknown = JSON.parse((await buffer(request)).toString('utf8'));
      const pod = at(review, 'request', 'object');
      if (!isJsonObject(pod)) throw new Error('a review without a pod');
      seen.push(pod);
      const operations = patch(pod);
      const patched = operations.length > 0 && { patchType: 'JSONPatch', patch: btoa(JSON.stringify(operations)) };
      const reply = { uid: at(review, 'request', 'uid'), allowed: true, ...patched };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: reply }));
    })();
  });
  const port = await listen(server);
  const configuration = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name },
    webhooks: [
      {
        name: `${name}.example.com`,
        clientConfig: {
          url: `https://127.0.0.1:${port}/`,
          caBundle: Buffer.from(authority.cert).toString('base64'),
        },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'] }],
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
        reinvocationPolicy,
      },
    ],
  };
  await expectOk(plane.admin.create(configuration));
  const isAsked = async (): Promise<boolean> => {
    await plane.admin.create(podOf(namespace, 'probe'), { dryRun: true });
    return seen.length > 0;
  };
  await waitFor(isAsked, { within: 30_000, what: `the webhook ${name} is in effect` });
  seen = [];
  return {
    taken() {
      const taken = seen;
      seen = [];
      return taken;
    },
    async stop() {
      const { apiVersion, kind } = configuration;
      await expectOk(plane.admin.delete({ apiVersion, kind, name }));
      // The API server keeps its connections; they would be waited for.
      server.closeAllConnections();
      server.close();
    },
  };
}

async function listen(server: ReturnType<typeof createServer>): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening on a port');
  return address.port;
}
