// Bugs of ours, planted: a review is answered all the same, the log says whose, and the process stays up.
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Gate } from '../../../src/engine/gate.ts';
import { createLog } from '../../../src/observe/log.ts';
import { createObserver } from '../../../src/observe/observer.ts';
import { BARE_POD, UNSAFE_POD } from '../../../src/server/development/examples.ts';
import { surviveFaults } from '../../../src/server/process-faults.ts';
import { logFault, replyToFault } from '../../../src/server/review/faults.ts';
import { applyReply } from '../../support/api-server.ts';
import { gateOf, policyYaml } from '../../support/gate.ts';
import { objectOf } from '../../support/reviews.ts';
import { serveProcess } from '../../support/served.ts';
import { startTestServer, type TestServer } from '../../support/tls-client.ts';

const GATE = gateOf(policyYaml('restricted', 'podSecurity: { level: restricted }\nharden: restricted'));
const UID = '00000000-0000-4000-8000-000000000001';
const MUTATE = { name: 'm', type: 'mutate' } as const;
const VALIDATE = { name: 'v', type: 'validate' } as const;

/** The gate, with a policy that does this when asked whether it matches. */
function faulty(bug: () => never): Gate {
  return { ...GATE, policies: { ...GATE.policies, select: bug } };
}

function noDisk(): never {
  throw new Error('no disk');
}

function overflow(): never {
  return overflow();
}

const BUGS: readonly (readonly [string, () => never])[] = [
  [
    'an error',
    () => {
      throw new Error('a bug');
    },
  ],
  ['a stack overflow', overflow],
  [
    'an error that names a status',
    () => {
      throw Object.assign(new Error('a bug'), { statusCode: 404 });
    },
  ],
  [
    'text',
    () => {
      throw 'a bug';
    },
  ],
  [
    'nothing',
    () => {
      throw undefined;
    },
  ],
  [
    'what cannot be said',
    () => {
      throw Object.create(null);
    },
  ],
];

let getGate: () => Gate;
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer(() => getGate());
});
afterAll(() => server.close());
beforeEach(() => {
  getGate = () => GATE;
});

/** Both webhooks answer as they do when they cannot decide, the log has the uid, and then all is well again. */
async function expectSafeAnswers(): Promise<void> {
  const before = server.lines.length;
  const mutated = await server.client.post('/mutate', BARE_POD);
  const validated = await server.client.post('/validate', BARE_POD);
  getGate = () => GATE;

  expect(mutated.status).toBe(200);
  const passed = applyReply(MUTATE, BARE_POD, mutated.body);
  expect(passed).toMatchObject({ result: 'allowed', operations: 0, object: objectOf(BARE_POD), lostWarnings: [] });
  expect(passed.warnings).toEqual(['sandgate failed to fill in pods "bare", which is a bug in it; left as it is']);
  expect(validated.status).toBe(200);
  const refused = applyReply(VALIDATE, BARE_POD, validated.body);
  expect(refused).toMatchObject({ result: 'denied', code: 500 });
  expect(refused.message).toContain('sandgate failed to judge pods "bare", which is a bug in it');

  const lines = server.lines.slice(before).filter((line) => JSON.stringify(line).includes('"level":"error"'));
  expect(lines).toHaveLength(2);
  expect(lines).toMatchObject([
    { uid: UID, webhook: 'mutate' },
    { uid: UID, webhook: 'validate' },
  ]);
  const next = await server.client.post('/validate', UNSAFE_POD);
  expect(next).toMatchObject({ status: 200, body: { response: { allowed: false, status: { code: 403 } } } });
}

describe.each(BUGS)('a bug that throws %s', (_, bug) => {
  test('thrown by a policy', async () => {
    getGate = () => faulty(bug);
    await expectSafeAnswers();
  });
  test('thrown where there should be policies', async () => {
    getGate = bug;
    await expectSafeAnswers();
  });
});

test('a review that was answered stays so when it cannot be logged', async () => {
  const lines: unknown[] = [];
  const log = createLog('info', { write: (line: string) => void lines.push(JSON.parse(line)) });
  const observer = { ...createObserver(log), reviewed: noDisk, refused: noDisk, failed: noDisk };
  const unlogged = await startTestServer(() => GATE, { log, observer });
  onTestFinished(() => unlogged.close());
  expect((await unlogged.client.post('/validate', UNSAFE_POD)).body).toMatchObject({ response: { allowed: false } });
  expect(lines).toMatchObject([{ level: 'error', msg: 'failed to log a review', uid: UID.replace(/1$/, '2') }]);
  expect((await unlogged.client.post('/validate', {})).status).toBe(400);
  expect((await unlogged.client.send('/validate', { method: 'POST', body: 'x' })).status).toBe(415);
  getGate = () => GATE;
  expect((await unlogged.client.post('/validate', BARE_POD)).status).toBe(200);
});

test('a log that is broken itself breaks nothing, and is told of on stderr', () => {
  const written: unknown[] = [];
  const stderr = vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(text) > 0);
  onTestFinished(() => stderr.mockRestore());
  const broken = createLog('info', { write: noDisk });
  expect(() => logFault(broken, new Error('a bug'), 'failed')).not.toThrow();
  expect(written).toEqual(['sandgate: failed, and failed to log why\n']);
});

test('only a review can be answered as one', () => {
  expect(replyToFault('validate', Buffer.from('{"kind":"Pod"}'), new Error('a bug'))).toBe(undefined);
  expect(replyToFault('validate', undefined, new Error('a bug'))).toBe(undefined);
});

describe('outside of any review', () => {
  test('what is thrown or rejected is logged, and reviews go on; again and again, and the process ends', async () => {
    const { child, client, exit, lines } = await serveProcess();
    child.kill('SIGUSR2');
    await expect.poll(() => lines().length).toBe(1);
    child.kill('SIGUSR2');
    await expect.poll(() => lines().length).toBe(2);
    expect(lines()).toMatchObject([
      { level: 'error', msg: 'uncaught exception', err: { message: 'a thrown bug' } },
      { level: 'error', msg: 'unhandled rejection', err: { message: 'a rejected bug' } },
    ]);
    expect((await client.post('/validate', UNSAFE_POD)).status).toBe(200);
    expect((await client.send('/readyz')).status).toBe(200);
    for (let bugs = 3; bugs <= 10; bugs++) {
      child.kill('SIGUSR2');
      await expect.poll(() => lines().length).toBe(bugs + 1);
    }
    expect((await client.post('/validate', UNSAFE_POD)).status).toBe(200);
    child.kill('SIGUSR2');
    expect(await exit).toBe(3);
    expect(lines().at(-1)).toMatchObject({ msg: 'more than 10 faults within 60 s: giving up' });
  });

  test('a few in a long time are not too many', () => {
    const exits: number[] = [];
    const log = createLog('silent', { write: () => {} });
    const giveUp = surviveFaults({ log, budget: { faults: 2, withinMs: -1 }, exit: (code) => void exits.push(code) });
    onTestFinished(giveUp);
    for (let i = 0; i < 5; i++) process.emit('unhandledRejection', new Error('a bug'), Promise.resolve());
    expect(exits).toEqual([]);
  });
});
