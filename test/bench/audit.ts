// An audit of many pods, in a process of its own: how long it takes and how much memory. `node test/bench/audit.ts [PODS]` writes a
// list as kubectl prints it, of pods that are about as large as real ones, and audits it from a file.
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measuredRun } from './measured-run.ts';

const PODS = Number(process.argv[2] ?? 10_000);
const PODS_OF_A_CONTROLLER = 4;
const NAMESPACES = 100;

function containerOf(name: string, index: number): object {
  return {
    name,
    image: `registry.example.com/team/${name}:1.${index % 7}.0`,
    env: Array.from({ length: 10 }, (_, at) => ({ name: `VARIABLE_${at}`, value: `value-${at}-${'x'.repeat(20)}` })),
    resources: { limits: { cpu: '1', memory: '512Mi' }, requests: { cpu: '100m', memory: '128Mi' } },
    securityContext:
      index % 5 === 0 ? { privileged: true } : { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    volumeMounts: [{ mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', name: 'token', readOnly: true }],
  };
}

function specOf(index: number): object {
  return {
    containers: [containerOf('app', index), containerOf('sidecar', 1)],
    hostNetwork: index % 11 === 0 ? true : undefined,
    volumes: [
      { name: 'token', projected: { sources: [{ serviceAccountToken: { expirationSeconds: 3607, path: 'token' } }] } },
    ],
    tolerations: [
      { effect: 'NoExecute', key: 'node.kubernetes.io/not-ready', operator: 'Exists', tolerationSeconds: 300 },
    ],
  };
}

function* objects(): Generator<object> {
  for (let index = 0; index < NAMESPACES; index++) {
    yield { apiVersion: 'v1', kind: 'Namespace', metadata: { name: `team-${index}`, labels: { tier: 'agents' } } };
  }
  for (let index = 0; index * PODS_OF_A_CONTROLLER < PODS; index++) {
    const namespace = `team-${index % NAMESPACES}`;
    const name = `web-${index}`;
    const template = { metadata: { labels: { app: name } }, spec: specOf(index) };
    const selector = { matchLabels: { app: name } };
    const metadata = { name, namespace, uid: `deployment-${index}` };
    yield { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { replicas: 4, selector, template } };
    const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name, uid: metadata.uid, controller: true };
    for (let pod = 0; pod < PODS_OF_A_CONTROLLER; pod++) {
      yield {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {
          name: `${name}-${pod}`,
          namespace,
          uid: `pod-${index}-${pod}`,
          labels: { app: name },
          ownerReferences: [owner],
        },
        spec: specOf(pod === 3 ? index + 1 : index),
        status: {
          phase: 'Running',
          conditions: Array.from({ length: 5 }, (_, at) => ({
            type: `Condition${at}`,
            status: 'True',
            lastTransitionTime: '2026-11-30T00:00:00Z',
          })),
          containerStatuses: ['app', 'sidecar'].map((container) => ({
            name: container,
            ready: true,
            imageID: `sha256:${'a'.repeat(64)}`,
          })),
        },
      };
    }
  }
}

async function write(file: string): Promise<void> {
  const out = createWriteStream(file);
  out.write('{\n    "apiVersion": "v1",\n    "items": [\n');
  let isFirst = true;
  for (const object of objects()) {
    const text = JSON.stringify(object, undefined, 4).replaceAll('\n', '\n        ');
    if (!out.write(`${isFirst ? '' : ',\n'}        ${text}`)) await once(out, 'drain');
    isFirst = false;
  }
  out.end('\n    ],\n    "kind": "List",\n    "metadata": { "resourceVersion": "" }\n}\n');
  await once(out, 'finish');
}

const folder = mkdtempSync(join(tmpdir(), 'sandgate-audit-'));
try {
  const file = join(folder, 'pods.json');
  await write(file);
  const { seconds, peak, exitCode } = await measuredRun([
    'audit',
    '-p',
    'restricted',
    '-f',
    file,
    '-o',
    'text',
    '--output-file',
    join(folder, 'out.json'),
  ]);
  const megabytes = statSync(file).size / 1024 / 1024;
  console.log(
    `${PODS} pods in ${megabytes.toFixed(0)} MB of JSON: ${seconds.toFixed(1)} s, ${peak.toFixed(0)} MB of memory, exit code ${exitCode}`,
  );
} finally {
  rmSync(folder, { recursive: true });
}
