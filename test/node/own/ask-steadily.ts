// Runs in a pod, beside Sandgate's: asks every pod that is ready, as a kube-proxy would choose among them, and counts what is not answered.
import { readFileSync } from 'node:fs';
import { type RequestOptions, request } from 'node:https';
import { text } from 'node:stream/consumers';

/** What is read of a pod. */
interface Pod {
  readonly metadata: { readonly deletionTimestamp?: string };
  readonly status: { readonly podIP?: string; readonly conditions?: readonly { type: string; status: string }[] };
}

const [, , namespace = '', selector = ''] = process.argv;
const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
const token = readFileSync(`${ACCOUNT}/token`, 'utf8');
const ca = readFileSync(`${ACCOUNT}/ca.crt`);
const review = readFileSync('/review/review.json');

async function ask(
  options: RequestOptions,
  body?: Buffer,
): Promise<{ readonly status: number; readonly body: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ readonly status: number; readonly body: string }>();
  const sent = request({ timeout: 10_000, ...options }, (response) => {
    text(response).then((said) => resolve({ status: response.statusCode ?? 0, body: said }), reject);
  });
  sent.on('timeout', () => sent.destroy(new Error('no answer in 10 s'))).on('error', reject);
  sent.end(body);
  return await promise;
}

async function readyAddresses(): Promise<readonly string[]> {
  const path = `/api/v1/namespaces/${namespace}/pods?labelSelector=${encodeURIComponent(selector)}`;
  const host = process.env.KUBERNETES_SERVICE_HOST;
  const { body } = await ask({ host, port: 443, path, ca, headers: { authorization: `Bearer ${token}` } });
  const list: unknown = JSON.parse(body);
  if (!isPodList(list)) throw new Error(`not a list of pods: ${body.slice(0, 200)}`);
  // As Kubernetes' controllers take a pod out of a Service.
  return list.items.filter(isServing).flatMap(({ status }) => status.podIP ?? []);
}

function isPodList(value: unknown): value is { readonly items: readonly Pod[] } {
  return typeof value === 'object' && value !== null && 'items' in value && Array.isArray(value.items);
}

function isServing({ metadata, status: { conditions = [] } }: Pod): boolean {
  const isReady = conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
  return isReady && metadata.deletionTimestamp === undefined;
}

/** Undefined where it answered as it should. */
async function failureOf(host: string): Promise<string | undefined> {
  const headers = { 'content-type': 'application/json' };
  const to = { host, port: 8443, method: 'POST', path: '/validate', headers, rejectUnauthorized: false };
  try {
    const { status, body } = await ask(to, review);
    return status === 200 && body.includes('"allowed":false') ? undefined : `${host}: ${status} ${body.slice(0, 100)}`;
  } catch (error) {
    return `${host}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

const ending = new AbortController();
process.on('SIGTERM', () => ending.abort());
console.log('asking');
const pods = new Set<string>();
const failures: string[] = [];
let answered = 0;
while (!ending.signal.aborted) {
  for (const host of await readyAddresses()) {
    pods.add(host);
    const failure = await failureOf(host);
    if (failure === undefined) answered += 1;
    else failures.push(failure);
  }
  await new Promise((resolve) => setTimeout(resolve, 100));
}
console.log(JSON.stringify({ answered, pods: pods.size, failures: failures.slice(0, 10) }));
