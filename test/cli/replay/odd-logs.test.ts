// Audit logs that are not as the API server writes them, and requests that nothing judged.
import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/model/json.ts';
import { folderWith, LABEL_POLICY, type Printed, sandgate } from '../console.ts';

const EVENT: JsonObject = {
  kind: 'Event',
  apiVersion: 'audit.k8s.io/v1',
  level: 'RequestResponse',
  stage: 'ResponseComplete',
  requestURI: '/api/v1/namespaces/shop/pods',
  verb: 'create',
  user: { username: 'alice', groups: ['system:authenticated'] },
  objectRef: { resource: 'pods', namespace: 'shop', name: 'web', apiVersion: 'v1' },
  responseStatus: { code: 201 },
  requestObject: {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { hostNetwork: true, containers: [{ name: 'web', image: 'nginx:1' }] },
  },
  requestReceivedTimestamp: '2026-11-30T10:00:00.000000Z',
};

/** A line of the log: the event with these fields instead. */
function line(fields: JsonObject = {}): string {
  return `${JSON.stringify({ ...EVENT, ...fields })}\n`;
}

function replayed(log: string, policies = 'baseline'): Promise<Printed> {
  const folder = folderWith({ 'audit.log': log, 'by-label.yaml': LABEL_POLICY });
  return sandgate(folder, ['replay', '-p', policies, '-f', 'audit.log']);
}

test('a request that no policy matches is printed as skipped, and never as allowed', async () => {
  const { stdout } = await replayed(line(), 'by-label.yaml');
  expect(stdout).toContain('Pod shop/web  skipped (no policy matches)\n');
  expect(stdout).not.toContain('allowed\n');
});

test('a byte order mark, and the line ends of Windows, do not keep a line from being read', async () => {
  const { code, stderr } = await replayed(`\uFEFF${line()}${line()}`.replaceAll('\n', '\r\n'));
  expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
});

test.each([undefined, null, 'alice', [], { username: 5 }])(
  'a request of the user %j is judged as one of an unknown user',
  async (user) => {
    const { code, stdout } = await replayed(line({ user }));
    expect(code).toBe(1);
    expect(stdout).toContain('  1 creation by an unknown user, 2026-11-30T10:00:00.000000Z\n');
  },
);

test('a time that only some events have is said as far as it is known', async () => {
  const { stdout } = await replayed(line({ requestReceivedTimestamp: null }) + line());
  expect(stdout).toContain('2 creations by alice, from an unknown time to 2026-11-30T10:00:00.000000Z\n');
});

test.each([
  ['of level Metadata', { level: 'Metadata', requestObject: undefined }, 'is logged at level Metadata, which has no'],
  ['without an object', { requestObject: null }, 'has no object in the log'],
  ['that patches', { verb: 'patch' }, 'is a patch, and the log does not have the object that came of it'],
])('a request %s is counted, and said once with what to change', async (_, fields, words) => {
  const one = await replayed(line(fields));
  expect(one.stderr).toContain(`sandgate: warning: 1 request of a workload ${words}`);
  expect(one.stderr).toContain('nothing was judged: the log says too little about every request of a workload\n');
  expect(one.stdout).toContain('not judged, because the log says too little about them: 1\n');
  expect((await replayed(line(fields) + line(fields))).stderr).toContain('warning: 2 requests of workloads ');
});

test('a log with nothing but the beginnings of requests says which stage is judged', async () => {
  const { stdout, stderr } = await replayed(line({ stage: 'RequestReceived' }));
  expect(stdout).toContain('other events, passed over: 1\n');
  expect(stderr).toContain('nothing was judged: the log has no request of a workload, at the stage ResponseComplete,');
});

test.each(['replay -p baseline -f', 'compare --from baseline --to restricted --audit-log'])(
  'what to do under --strict is something that the command takes: %s',
  async (command) => {
    const folder = folderWith({ 'audit.log': line({ level: 'Metadata', requestObject: undefined }) });
    const { code, stderr } = await sandgate(folder, `${command} audit.log --strict`);
    expect(code).toBe(2);
    expect(stderr).toContain('have the rest logged at level RequestResponse, or use --no-strict');
    expect(stderr).not.toContain('--ignore');
  },
);
