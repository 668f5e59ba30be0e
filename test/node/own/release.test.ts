// Sandgate itself on the node, as the chart runs it: its probes, what it may do, its memory, and a rolling update under reviews.
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/model/json.ts';
import type { Certificate } from '../../../src/server/tls/certificate.ts';
import { NAMESPACE, template } from '../../chart/rendered.ts';
import { at, listAt } from '../../cluster/control-plane/at.ts';
import { waitFor } from '../../cluster/control-plane/wait-for.ts';
import { issue, makeAuthority } from '../../support/certificates.ts';
import { apply, kubectl, kubectlOk, skipOnForeignNode, useNode } from '../support/cluster.ts';
import { onNode } from '../support/on-node.ts';
import { hasOwnNode, type OwnImage, serveOwnImage } from './image.ts';

const RELEASE = 'own';
const NAME = 'own-sandgate';
const SELECTOR = 'app.kubernetes.io/instance=own';
const NODE = '/usr/local/bin/node';
const PORT = 8443;
const READY_WITHIN_MS = 300_000;
const MEMORY_LIMIT = 256 * 1024 ** 2;

let image: OwnImage | undefined;
let authority: Certificate;

useNode();
beforeEach(skipOnForeignNode);

beforeAll(async () => {
  if (!hasOwnNode()) return;
  image = await serveOwnImage();
  authority = await makeAuthority('own');
  const certificate = await issue(authority, { name: `${NAME}.${NAMESPACE}.svc` });
  const tag = image.name.split(':').at(-1) ?? '';
  const values = {
    'image.registry': image.name.split('/')[0],
    'image.repository': 'image',
    'image.tag': tag,
    'certificates.certManager.enabled': 'false',
    'certificates.existingSecret.name': 'own-tls',
    'crds.enabled': 'false',
    'webhooks.registration': 'Chart',
    bundles: '{restricted}',
    'networkPolicy.enabled': 'true',
  };
  const folder = mkdtempSync(join(tmpdir(), 'sandgate-release-'));
  const bundle = join(folder, 'ca.crt');
  writeFileSync(bundle, authority.cert);
  const args = Object.entries(values).map(([key, value]) => `--set=${key}=${value}`);
  const objects = await template([...args, `--set-file=certificates.existingSecret.caBundle=${bundle}`], {
    release: RELEASE,
  });
  rmSync(folder, { recursive: true });
  const type = 'kubernetes.io/tls';
  const data = { 'tls.crt': certificate.cert, 'tls.key': certificate.key };
  await apply(
    { apiVersion: 'v1', kind: 'Secret', type, metadata: { name: 'own-tls', namespace: NAMESPACE }, stringData: data },
    // The API server of the bench reaches no Service: it goes on asking the Sandgate beside it.
    ...objects.filter(({ kind }) => !String(kind).endsWith('WebhookConfiguration')),
  );
}, 180_000);

afterAll(async () => {
  if (image === undefined) return;
  await kubectl(['delete', 'deployment', NAME, '-n', NAMESPACE, '--wait=false']);
  await image.stop();
});

async function isRolledOut(): Promise<boolean> {
  const args = ['rollout', 'status', `deployment/${NAME}`, '-n', NAMESPACE, '--timeout=20s'];
  return (await kubectl(args)).code === 0;
}

async function rollout(): Promise<void> {
  const wait = { within: READY_WITHIN_MS, what: 'the Deployment of the chart is available' };
  await waitFor(isRolledOut, wait).catch(async (error: unknown) => {
    const said = await kubectl(['describe', 'pods', '-n', NAMESPACE, '-l', SELECTOR]);
    const logs = await kubectl(['logs', '-n', NAMESPACE, '-l', SELECTOR, '--tail=20', '--prefix']);
    throw new Error(`${error instanceof Error ? error.message : ''}\n${said.stdout.slice(-3000)}\n${logs.stdout}`);
  });
}

async function askerSays(): Promise<string> {
  return (await kubectl(['logs', 'asker', '-n', NAMESPACE])).stdout;
}

async function isAsking(): Promise<boolean> {
  return (await askerSays()).startsWith('asking');
}

/** Its last line, once it is there. */
async function resultOfAsker(): Promise<string | undefined> {
  return (await askerSays()).trim().split('\n')[1];
}

/** A program in a container that has no shell. */
async function inside(script: string): Promise<string> {
  return await kubectlOk(['exec', `deployment/${NAME}`, '-n', NAMESPACE, '--', NODE, '-e', script]);
}

async function podNames(): Promise<readonly string[]> {
  const selected = ['get', 'pods', '-n', NAMESPACE, '-l', SELECTOR, '--field-selector=status.phase=Running'];
  return (await kubectlOk([...selected, '-o', 'jsonpath={.items[*].metadata.name}'])).trim().split(' ');
}

/** The serial numbers of the certificates that the pods show now. */
async function servedSerials(): Promise<readonly string[]> {
  const script = `const socket = require('node:tls').connect({ port: ${PORT}, rejectUnauthorized: false }, () => {
    console.log(socket.getPeerCertificate().serialNumber); socket.destroy(); })`;
  const names = await podNames();
  const served = names.map((name) => kubectlOk(['exec', name, '-n', NAMESPACE, '--', NODE, '-e', script]));
  return (await Promise.all(served)).map((line) => line.trim());
}

async function canEvict(): Promise<boolean> {
  const allowed = ['get', 'pdb', NAME, '-n', NAMESPACE, '-o', 'jsonpath={.status.disruptionsAllowed}'];
  return (await kubectlOk(allowed)) === '1';
}

/** As `kubectl drain` does: the exit code, and what the API server said where it refused. */
async function evict(name: string): Promise<readonly [number, string]> {
  const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace: NAMESPACE } };
  const path = `/api/v1/namespaces/${NAMESPACE}/pods/${name}/eviction`;
  const { code, stderr } = await kubectl(['create', '--raw', path, '-f', '-'], { stdin: JSON.stringify(body) });
  return [code, stderr];
}

async function restarts(): Promise<readonly unknown[]> {
  const pods: unknown = JSON.parse(await kubectlOk(['get', 'pods', '-n', NAMESPACE, '-l', SELECTOR, '-o', 'json']));
  return listAt(pods, 'items').map((pod) => {
    const [status] = listAt(pod, 'status', 'containerStatuses');
    return typeof status === 'object' && status !== null && 'restartCount' in status ? status.restartCount : undefined;
  });
}

test('the chart’s pods get ready, and are not started again', async () => {
  await rollout();
  expect(await restarts()).toEqual([0, 0]);
});

test('a pod runs as user 65532 without any privilege, writes nothing, and reads its key by its group', async () => {
  const status = `console.log(fs.readFileSync('/proc/self/status', 'utf8').split('\\n').filter((line) => /^(Uid|Gid|CapBnd|NoNewPrivs|Seccomp):/.test(line)).join('\\n'))`;
  expect(await inside(status)).toBe(
    'Uid:\t65532\t65532\t65532\t65532\nGid:\t65532\t65532\t65532\t65532\nCapBnd:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2\n',
  );
  const written = `try { fs.writeFileSync('/app/x', ''); } catch (error) { console.log(error.code) }`;
  expect(await inside(written)).toBe('EROFS\n');
  const key = `const { uid, gid, mode } = fs.statSync('/etc/sandgate/tls/tls.key'); console.log(uid, gid, (mode & 0o777).toString(8))`;
  expect(await inside(key)).toBe('0 65532 440\n');
});

test('a renewed certificate in the Secret is served by every pod, without a restart', async () => {
  const renewed = await issue(authority, { name: `${NAME}.${NAMESPACE}.svc` });
  const stringData = { 'tls.crt': renewed.cert, 'tls.key': renewed.key };
  await kubectlOk(['patch', 'secret', 'own-tls', '-n', NAMESPACE, '-p', JSON.stringify({ stringData })]);
  const { serialNumber } = new X509Certificate(renewed.cert);
  const isServed = async (): Promise<boolean> => (await servedSerials()).every((serial) => serial === serialNumber);
  // The kubelet looks at Secrets from time to time, Sandgate at its files.
  await waitFor(isServed, { within: READY_WITHIN_MS, what: 'the renewed certificate is served' });
  expect(await servedSerials()).toHaveLength(2);
  expect(await restarts()).toEqual([0, 0]);
});

test('a pod is evicted as a drain of its node does it, and no second one before the first is replaced', async () => {
  const [first = '', second = ''] = await podNames();
  await waitFor(() => canEvict(), { within: READY_WITHIN_MS, what: 'the disruption budget allows an eviction' });
  expect(await evict(first)).toEqual([0, '']);
  const [code, said] = await evict(second);
  expect([code, said]).toEqual([1, expect.stringContaining("violate the pod's disruption budget")]);
  await rollout();
  expect(await restarts()).toEqual([0, 0]);
});

test('no review is lost in a rolling update: a pod answers until nobody asks it any more', async () => {
  const review = {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: 'u',
      kind: { group: '', version: 'v1', kind: 'Pod' },
      resource: { group: '', version: 'v1', resource: 'pods' },
      namespace: 'default',
      operation: 'CREATE',
      userInfo: { username: 'a' },
      object: {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'a' },
        spec: { containers: [{ name: 'a', image: 'a' }] },
      },
    },
  };
  const script = readFileSync(resolve(import.meta.dirname, 'ask-steadily.ts'), 'utf8');
  const metadata = { name: 'asker', namespace: NAMESPACE };
  const apiGroup = 'rbac.authorization.k8s.io';
  await apply(
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata,
      data: { 'ask.ts': script, 'review.json': JSON.stringify(review) },
    },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    {
      apiVersion: `${apiGroup}/v1`,
      kind: 'Role',
      metadata,
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }],
    },
    {
      apiVersion: `${apiGroup}/v1`,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup, kind: 'Role', name: 'asker' },
      subjects: [{ kind: 'ServiceAccount', name: 'asker', namespace: NAMESPACE }],
    },
    asker(metadata),
  );
  await waitFor(isAsking, { within: READY_WITHIN_MS, what: 'the asker asks' });
  await kubectlOk(['rollout', 'restart', `deployment/${NAME}`, '-n', NAMESPACE]);
  await rollout();
  // Their predecessors drain meanwhile.
  const end = `setTimeout(() => process.kill(1, 'SIGTERM'), 8000)`;
  await kubectlOk(['exec', 'asker', '-n', NAMESPACE, '--', NODE, '-e', end]);
  const said: unknown = JSON.parse(await waitFor(resultOfAsker, { within: 60_000, what: 'the asker has ended' }));
  expect(at(said, 'failures')).toEqual([]);
  expect(at(said, 'pods')).toBeGreaterThanOrEqual(4);
  expect(at(said, 'answered')).toBeGreaterThan(20);
  await kubectl(['delete', 'pod', 'asker', '-n', NAMESPACE, '--now', '--wait=false']);
});

test('a pod that has started and answered reviews took less than its limit of memory, with room', async () => {
  const script = `for pid in $(pidof node); do
  cd /sys/fs/cgroup$(cut -d: -f3 /proc/$pid/cgroup) && [ $(cat memory.max) = ${MEMORY_LIMIT} ] && cat memory.peak
done; true`;
  const peaks = (await onNode(script)).trim().split('\n').map(Number);
  expect(peaks.length).toBeGreaterThanOrEqual(2);
  for (const peak of peaks) expect(peak).toBeLessThan(0.75 * MEMORY_LIMIT);
});

function asker(metadata: JsonObject): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata,
    spec: {
      serviceAccountName: 'asker',
      restartPolicy: 'Never',
      securityContext: { runAsUser: 1000, runAsNonRoot: true },
      containers: [
        {
          name: 'asker',
          image: image?.name ?? '',
          command: [NODE, '/review/ask.ts', NAMESPACE, SELECTOR],
          volumeMounts: [{ name: 'review', mountPath: '/review' }],
        },
      ],
      volumes: [{ name: 'review', configMap: { name: 'asker' } }],
    },
  };
}
