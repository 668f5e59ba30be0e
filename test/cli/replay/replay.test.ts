// Audit logs, replayed. recorded.log is what a real API server wrote (test/cluster/replay.test.ts).
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { LastKnown } from '../../../src/cli/replay/last-known.ts';
import { lineBatches } from '../../../src/cli/replay/log-lines.ts';
import { isJsonObject, type JsonObject } from '../../../src/model/json.ts';
import { folderWith, LABEL_POLICY, type Printed, sandgate } from '../console.ts';
import { EXPECTED, RECORDED_LOG, rowsOf } from './recorded.ts';

const LOG = readFileSync(RECORDED_LOG, 'utf8');

function replayed(log: string, args = ''): Promise<Printed> {
  return sandgate(folderWith({ 'audit.log': log }), `replay -p baseline -f audit.log ${args}`.trim());
}

function without(event: JsonObject, ...keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(event).filter(([key]) => !keys.includes(key)));
}

/** A line of 34 MB between others. */
async function* endlessLine(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('a\n');
  for (let megabytes = 0; megabytes < 34; megabytes++) yield Buffer.alloc(1024 * 1024, 0x78);
  yield Buffer.from('\nb\nc');
}

/** The recorded log with each event changed. */
function changed(change: (event: JsonObject) => JsonObject): string {
  const lines = LOG.trim().split('\n');
  return `${lines
    .map((line) => {
      const event: unknown = JSON.parse(line);
      return JSON.stringify(isJsonObject(event) ? change(event) : event);
    })
    .join('\n')}\n`;
}

test('every recorded request is judged as the request that it was', async () => {
  const printed = await replayed(LOG, '-o json');
  expect(printed).toMatchObject({ code: 1, stderr: '' });
  expect(rowsOf(printed.json())).toEqual(EXPECTED);
});

test('text has what would be refused, with who asked and when, and what all of it comes to', async () => {
  const { stdout } = await replayed(LOG);
  expect(stdout).toMatch(
    /Pod recorded\/made-\* of ReplicaSet made {2}denied\n {2}2 creations by system:serviceaccount:kube-system:replicaset-controller, from .*Z to .*Z\n {2}deny {3}hostNamespaces/,
  );
  expect(stdout).toContain('1 update of its ephemeralcontainers by alice');
  expect(stdout.slice(stdout.indexOf('action '))).toBe(`action  check           policy    requests
deny    hostNamespaces  baseline  4
deny    privileged      baseline  1
warn    hostNamespaces  baseline  2

requests: 5 denied, 4 allowed, 0 skipped
other events, passed over: 8
`);
});

test.each(['junit', 'sarif', 'github', 'openreports'])('-o %s has the results of a replay', async (format) => {
  const { stdout, code } = await replayed(LOG, `-o ${format}`);
  expect(code).toBe(1);
  expect(stdout).toContain('hostNamespaces');
});

describe('logs come in many ways', () => {
  const half = LOG.indexOf('\n', LOG.length / 2) + 1;

  test('compressed, by content and not by name, and in several parts', async () => {
    const folder = folderWith({});
    const members = Buffer.concat([gzipSync(LOG.slice(0, half)), gzipSync(LOG.slice(half))]);
    writeFileSync(join(folder, 'audit.log'), members);
    const printed = await sandgate(folder, 'replay -p baseline -f audit.log -o json');
    expect(rowsOf(printed.json())).toEqual(EXPECTED);
  });

  test('rotated, in a folder: in the order of time', async () => {
    const folder = folderWith({});
    mkdirSync(join(folder, 'logs'));
    writeFileSync(join(folder, 'logs/audit.log'), LOG.slice(half));
    writeFileSync(join(folder, 'logs/audit-2026-11-30T10-00-00.000.log.gz'), gzipSync(LOG.slice(0, half)));
    writeFileSync(join(folder, 'logs/notes.txt'), 'not a log');
    const printed = await sandgate(folder, 'replay -p baseline -f logs -o json');
    expect(rowsOf(printed.json())).toEqual(EXPECTED);
  });

  test('on standard input', async () => {
    const printed = await sandgate(folderWith({}), 'replay -p baseline -f - -o json', { stdin: LOG });
    expect(rowsOf(printed.json())).toEqual(EXPECTED);
  });

  test('as the lists of events that a webhook is sent', async () => {
    const items = LOG.trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    const printed = await replayed(
      JSON.stringify({ kind: 'EventList', apiVersion: 'audit.k8s.io/v1', items }),
      '-o json',
    );
    expect(rowsOf(printed.json())).toEqual(EXPECTED);
  });

  test('with other stages and reads, which are counted and no more', async () => {
    const more = LOG.replaceAll('"stage":"ResponseComplete"', '"stage":"RequestReceived"');
    const reads = LOG.replaceAll(/"verb":"\w+"/g, '"verb":"get"');
    const printed = await replayed(more + LOG + reads, '-o json');
    expect(rowsOf(printed.json())).toEqual(EXPECTED);
  });
});

describe('what was not judged is said', () => {
  test('at level Metadata there is nothing to judge, which is said once and is an error under --strict', async () => {
    const metadata = changed((event) => ({ ...without(event, 'requestObject', 'responseObject'), level: 'Metadata' }));
    const { code, stderr, stdout } = await replayed(metadata);
    expect(code).toBe(0);
    expect(stderr).toContain('requests of workloads are logged at level Metadata, which has no objects: not judged');
    expect(stderr.match(/level Metadata/g)).toHaveLength(1);
    expect(stdout).toContain('not judged, because the log says too little about them: ');
    expect((await replayed(metadata, '--strict')).code).toBe(2);
  });

  test('at level Request creations are judged, and patches are not', async () => {
    const request = changed((event) => ({ ...without(event, 'responseObject'), level: 'Request' }));
    const { stderr, ...printed } = await replayed(request, '-o json');
    expect(stderr).toContain('3 requests of workloads are patches, and the log does not have the objects');
    expect(rowsOf(printed.json())).toEqual(
      EXPECTED.filter((row) => !row.includes('UPDATE') && !row.includes('applied')),
    );
  });

  test('events that the API server truncated are counted', async () => {
    const truncated = changed((event) => ({
      ...without(event, 'requestObject', 'responseObject'),
      annotations: { 'audit.k8s.io/truncated': 'true' },
    }));
    expect((await replayed(truncated)).stderr).toContain('were truncated by the API server');
  });

  test('a line that is cut off, or no event at all, makes the exit code 2 beside the verdicts', async () => {
    const cut = await replayed(`${LOG}not an event\n{"kind":"Pod"}\n${LOG.slice(0, 500)}`);
    expect(cut.code).toBe(2);
    expect(cut.stderr).toMatch(
      /audit\.log:18:1: not an event of an audit log, or only a part of one \(and 2 more lines\)/,
    );
    expect(cut.stdout).toContain('requests: 5 denied');
  });

  test('a compressed log that is cut off is judged as far as it goes', async () => {
    const folder = folderWith({});
    const whole = gzipSync(LOG);
    writeFileSync(join(folder, 'audit.log.gz'), whole.subarray(0, Math.floor(whole.length / 2)));
    const { code, stderr } = await sandgate(folder, 'replay -p baseline -f audit.log.gz');
    expect(code).toBe(2);
    expect(stderr).toContain('audit.log.gz: cannot be read (unexpected end of file): what follows was not judged');
  });

  test('an empty log, an empty folder and a file that is not there are not in order', async () => {
    const folder = folderWith({ 'audit.log': '', 'empty/readme.txt': '' });
    expect((await sandgate(folder, 'replay -p baseline -f audit.log --strict')).code).toBe(2);
    expect((await sandgate(folder, 'replay -p baseline -f empty')).code).toBe(2);
    expect((await sandgate(folder, 'replay -p baseline -f absent.log')).stderr).toContain('absent.log: no such file');
  });

  test('a request for a kind that is not known and holds containers is named', async () => {
    const [line = ''] = LOG.split('\n').filter((one) => one.includes('"name":"settings"'));
    const event: unknown = JSON.parse(line);
    const containers = [{ image: 'a', securityContext: { privileged: true } }];
    const requestObject = { apiVersion: 'example.com/v1', kind: 'Pipeline', spec: { steps: containers } };
    const { stderr } = await replayed(`${JSON.stringify({ ...(isJsonObject(event) ? event : {}), requestObject })}\n`);
    expect(stderr).toContain('Pipeline of example.com/v1 holds containers (spec.steps[0]) that were not judged');
  });
});

describe('updates', () => {
  test('of an object that the log does not have as it was are denied with a warning that this may be too strict', async () => {
    const lines = LOG.split('\n').filter((line) => line.includes('"verb":"patch"') && line.includes('"name":"bad"'));
    const { code, stdout, stderr } = await replayed(`${lines.join('\n')}\n`);
    expect(code).toBe(1);
    expect(stdout).toContain('the log does not have the object as it was before this update');
    expect(stderr).toContain('note: some updates are denied for what may have been there before');
  });

  test('of an object that is being deleted always pass', async () => {
    const ending = changed((event) => {
      const { verb, responseObject } = event;
      if (verb !== 'patch' || !isJsonObject(responseObject) || !isJsonObject(responseObject.metadata)) return event;
      const metadata = { ...responseObject.metadata, deletionTimestamp: '2026-11-30T10:00:00Z' };
      return { ...event, responseObject: { ...responseObject, metadata } };
    });
    const lines = ending.split('\n').filter((line) => line.includes('"verb":"patch"') && line.includes('"name":"bad"'));
    expect((await replayed(`${lines.join('\n')}\n`)).code).toBe(0);
  });

  test('are judged beside the last state that fits into memory', () => {
    const known = new LastKnown(10);
    for (const name of ['a', 'b', 'c']) known.put(name, { name }, 4);
    expect(['a', 'b', 'c'].map((name) => known.get(name))).toEqual([undefined, { name: 'b' }, { name: 'c' }]);
    known.put('b', { name: 'again' }, 4);
    known.put('d', {}, 4);
    expect(known.get('b')).toEqual({ name: 'again' });
    expect(known.get('c')).toBeUndefined();
  });
});

test('the labels of namespaces come from --context, and are assumed with a note where they do not', async () => {
  const namespace = 'apiVersion: v1\nkind: Namespace\nmetadata: { name: recorded, labels: { tier: agents } }\n';
  const folder = folderWith({ 'audit.log': LOG, 'policy.yaml': LABEL_POLICY, 'namespaces.yaml': namespace });
  const line = 'replay -p policy.yaml -f audit.log';
  expect(await sandgate(folder, `${line} --context namespaces.yaml`)).toMatchObject({ code: 1, stderr: '' });
  expect((await sandgate(folder, line)).stderr).toContain('its labels are not known, assumed to be none');
});

test('a line that never ends is left out, and those after it are read', async () => {
  const tooLong: number[] = [];
  const lines: string[] = [];
  for await (const batch of lineBatches(endlessLine(), (line) => tooLong.push(line))) lines.push(...batch.lines);
  expect(lines).toEqual(['a', '', 'b', 'c']);
  expect(tooLong).toEqual([2]);
});
