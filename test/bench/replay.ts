// A replay of a large audit log, in a process of its own: how long it takes and how much memory. `node test/bench/replay.ts
// [MEGABYTES]` writes a log with as many events, nine reads for each request that changes something.
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measuredRun } from './measured-run.ts';

const BYTES = Number(process.argv[2] ?? 1000) * 1024 * 1024;
const READS = 9;

function eventOf(index: number, verb: string, objects: object): string {
  const namespace = `team-${index % 50}`;
  return `${JSON.stringify({
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'RequestResponse',
    auditID: `00000000-0000-0000-0000-${String(index).padStart(12, '0')}`,
    stage: 'ResponseComplete',
    requestURI: `/api/v1/namespaces/${namespace}/pods?fieldManager=kubectl`,
    verb,
    user: { username: 'system:serviceaccount:kube-system:replicaset-controller', groups: ['system:serviceaccounts'] },
    sourceIPs: ['10.0.0.1'],
    userAgent: 'kube-controller-manager/v1.34.0',
    objectRef: { resource: 'pods', namespace, apiVersion: 'v1' },
    responseStatus: { metadata: {}, code: 201 },
    ...objects,
    requestReceivedTimestamp: '2026-11-30T10:00:00.000000Z',
    stageTimestamp: '2026-11-30T10:00:00.010000Z',
  })}\n`;
}

function podOf(index: number, name: string | undefined): object {
  const controller = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    name: `web-${index % 500}`,
    uid: `uid-${index % 500}`,
    controller: true,
  };
  const env = Array.from({ length: 30 }, (_, at) => ({
    name: `VARIABLE_${at}`,
    value: `value-${index}-${'x'.repeat(30)}`,
  }));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, generateName: `web-${index % 500}-`, ownerReferences: [controller] },
    spec: { hostNetwork: index % 7 === 0, containers: [{ name: 'app', image: 'example.com/app:1', env }] },
  };
}

async function write(file: string): Promise<number> {
  const out = createWriteStream(file);
  let bytes = 0;
  let events = 0;
  const list = { responseObject: { kind: 'PodList', items: [podOf(0, 'a')] } };
  for (; bytes < BYTES; events++) {
    const isRead = events % (READS + 1) !== 0;
    const created = { requestObject: podOf(events, undefined), responseObject: podOf(events, `web-${events}`) };
    const text = eventOf(events, isRead ? 'list' : 'create', isRead ? list : created);
    bytes += text.length;
    if (!out.write(text)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
  return events;
}

const folder = mkdtempSync(join(tmpdir(), 'sandgate-replay-'));
try {
  const file = join(folder, 'audit.log');
  const events = await write(file);
  const { seconds, peak, exitCode } = await measuredRun([
    'replay',
    '-p',
    'baseline',
    '-f',
    file,
    '--output-file',
    join(folder, 'out.txt'),
  ]);
  const last = readFileSync(join(folder, 'out.txt'), 'utf8').trim().split('\n').slice(-2).join('; ');
  console.log(
    `${events} events in ${BYTES / 1024 / 1024} MB: ${seconds.toFixed(1)} s, ${peak.toFixed(0)} MB of memory, exit code ${exitCode} (${last})`,
  );
} finally {
  rmSync(folder, { recursive: true });
}
