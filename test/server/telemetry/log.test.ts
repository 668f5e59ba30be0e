import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Gate } from '../../../src/engine/gate.ts';
import { createLog } from '../../../src/observe/log.ts';
import { BARE_POD, UNSAFE_POD } from '../../../src/server/development/examples.ts';
import { gateOf, policyYaml } from '../../support/gate.ts';
import { withRequest } from '../../support/reviews.ts';
import { startTestServer, type TestServer } from '../../support/tls-client.ts';

const RESTRICTED = gateOf(policyYaml('restricted', 'podSecurity: { level: restricted }\nharden: restricted'));
/** A gate that stands for a bug of ours. */
const BROKEN: Gate = {
  ...RESTRICTED,
  enforcement() {
    throw new Error('a bug');
  },
};

/** Vitest types its matchers as any. */
const SOME_NUMBER: unknown = expect.any(Number);
const containing = (...values: string[]): unknown => expect.arrayContaining(values);
const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);

let gate = RESTRICTED;
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer(() => gate);
});
afterAll(() => server.close());

test('a mutation is one line', async () => {
  await server.client.post('/mutate', BARE_POD);
  expect(server.lines.at(-1)).toEqual({
    level: 'info',
    time: matching(/^\d{4}-\d\d-\d\dT/),
    msg: 'reviewed',
    uid: '00000000-0000-4000-8000-000000000001',
    webhook: 'mutate',
    user: 'developer',
    operation: 'CREATE',
    kind: 'Pod',
    namespace: 'agents',
    name: 'bare',
    dryRun: true,
    verdict: 'allowed',
    policies: ['restricted'],
    injected: containing('restricted/seccompProfile'),
    patchBytes: SOME_NUMBER,
    durationMs: SOME_NUMBER,
  });
});

test('a refusal names the checks and what they did', async () => {
  const before = server.lines.length;
  await server.client.post('/validate', UNSAFE_POD);
  expect(server.lines).toHaveLength(before + 1);
  expect(server.lines.at(-1)).toMatchObject({
    verdict: 'denied',
    checks: containing('hostNamespaces:Deny', 'restrictedVolumes:Deny'),
    patchBytes: 0,
  });
});

test('a skipped one says why', async () => {
  await server.client.post('/validate', withRequest(BARE_POD, { operation: 'DELETE' }));
  expect(server.lines.at(-1)).toMatchObject({ verdict: 'skipped', skip: 'operation-delete' });
});

test('long names are cut, and no value of the object is written down', async () => {
  const object = {
    metadata: { name: 'n'.repeat(10_000), annotations: { a: 'SECRET' } },
    spec: { containers: [{ name: 'a', env: [{ name: 'TOKEN', value: 'SECRET' }], command: ['SECRET'] }] },
  };
  const sent = withRequest(BARE_POD, { name: '', object, userInfo: { username: 'u'.repeat(10_000) } });
  for (const path of ['/mutate', '/validate']) {
    await server.client.post(path, sent);
    const line = JSON.stringify(server.lines.at(-1));
    expect(line).not.toContain('SECRET');
    expect(line.length).toBeLessThan(3000);
  }
});

test('what is no review is one line, too', async () => {
  await server.client.post('/validate', { kind: 'Pod' });
  expect(server.lines.at(-1)).toMatchObject({
    level: 'warn',
    msg: 'not a review',
    problem: 'kind: expected AdmissionReview, got "Pod"',
  });
});

test('a bug of ours lets a mutation through, refuses a validation, and is logged with its stack', async () => {
  gate = BROKEN;
  const mutated = await server.client.post('/mutate', BARE_POD);
  expect(server.lines.at(-1)).toMatchObject({
    level: 'error',
    msg: 'failed to review',
    webhook: 'mutate',
    err: { message: 'a bug', stack: matching(/log\.test\.ts/) },
  });
  const validated = await server.client.post('/validate', BARE_POD);
  gate = RESTRICTED;
  expect(mutated).toMatchObject({ status: 200, body: { response: { allowed: true } } });
  expect(mutated.text).not.toContain('patch');
  expect(validated).toMatchObject({ status: 200, body: { response: { allowed: false, status: { code: 500 } } } });
});

test('at level debug a second line says why each policy matched or not, naming no value of the object', async () => {
  const lines: unknown[] = [];
  const log = createLog('debug', { write: (line: string) => void lines.push(JSON.parse(line)) });
  const selecting = gateOf(
    [
      policyYaml('everything', 'priority: 2\npodSecurity: { level: baseline }'),
      policyYaml('jobs', 'priority: 1\nmatch: { kinds: [Job] }'),
      policyYaml('tenants', 'match: { namespaceSelector: { matchLabels: { tier: tenants } } }'),
      policyYaml('web', 'match: { objectSelector: { matchLabels: { app: web } } }'),
    ],
    { agents: { tier: 'agents' } },
  );
  const talkative = await startTestServer(() => selecting, { log });
  await talkative.client.post('/validate', BARE_POD);
  await talkative.client.post('/validate', withRequest(BARE_POD, { operation: 'DELETE' }));
  await talkative.client.post('/validate', withRequest(BARE_POD, { namespace: 'unheard-of' }));
  await talkative.close();
  expect(lines.filter((_, index) => index % 2 === 1)).toMatchObject([
    {
      level: 'debug',
      msg: 'selected',
      uid: '00000000-0000-4000-8000-000000000001',
      webhook: 'validate',
      selection: [
        'everything: matches',
        'jobs: the kind is not one of Job.batch',
        'tenants: namespace label tier is not "tenants"',
        'web: pod label app is not "web"',
      ],
    },
    { msg: 'selected', skip: 'operation-delete', selection: [] },
    { msg: 'selected', selection: containing('tenants: the labels of the namespace are not known') },
  ]);
});

test('of very many policies the debug line names the first', async () => {
  const lines: unknown[] = [];
  const log = createLog('debug', { write: (line: string) => void lines.push(JSON.parse(line)) });
  const many = gateOf(Array.from({ length: 120 }, (_, index) => policyYaml(`p${index}`, '{}')));
  const talkative = await startTestServer(() => many, { log });
  await talkative.client.post('/mutate', BARE_POD);
  await talkative.close();
  expect(lines.at(-1)).toMatchObject({ msg: 'selected', more: 70, selection: { length: 50 } });
});

test('fields are written as JSON.stringify would, and those without a value are left out', () => {
  const written: string[] = [];
  const log = createLog('info', {
    write: (line: string) => void written.push(line.replace(/"time":"[^"]*"/, '"time"')),
  });
  const fields = { text: 'a "b" \\ \n\u2028 é \ud800', list: ['a', 'b"'], number: 0.125, yes: true, absent: undefined };
  log.info(fields, 'reviewed');
  expect(written).toEqual([`{"level":"info","time",${JSON.stringify(fields).slice(1, -1)},"msg":"reviewed"}\n`]);
});

test('a line below the level is not written', () => {
  const written: string[] = [];
  createLog('warn', { write: (line: string) => void written.push(line) }).info({ a: 1 }, 'reviewed');
  expect(written).toEqual([]);
});
