// Who is asked about, how often, and what comes of every failure. Over TLS to a fake API server, since a real one fails
// when it wants to; test/cluster/authorization has the real one.
import { describe, expect, test } from 'vitest';
import type { UseRequest } from '../../../src/engine/gate.ts';
import type { UserInfo } from '../../../src/model/subject.ts';
import { fails, sendJson } from '../fake-api-server.ts';
import { ALICE, askedServer, isReview, ROBOT } from './asked.ts';

describe('who is asked about', () => {
  test('the user first, with all that is known of her; that is enough', async () => {
    const { api, authorization, allowed } = await askedServer();
    allowed.add('alice docker@agents');
    const user: UserInfo = { ...ALICE.user, uid: '7', extra: { 'example.com/scopes': ['a', 'b'], empty: [] } };
    expect(await authorization.mayUse({ ...ALICE, user })).toBe('allowed');
    expect(api.asked).toHaveLength(1);
    expect(api.asked[0]).toMatchObject({ method: 'POST', path: '/apis/authorization.k8s.io/v1/subjectaccessreviews' });
    expect(api.asked[0]?.headers['content-type']).toBe('application/json');
    expect(api.asked[0]?.body).toEqual({
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      spec: {
        user: 'alice',
        uid: '7',
        groups: ['dev'],
        extra: { 'example.com/scopes': ['a', 'b'], empty: [] },
        resourceAttributes: {
          group: 'sandgate.dev',
          resource: 'capabilityclasses',
          name: 'docker',
          verb: 'use',
          namespace: 'agents',
        },
      },
    });
  });

  test('then the service account, in the groups it always has', async () => {
    const { api, authorization, allowed, reviews } = await askedServer();
    allowed.add(`${ROBOT} docker@agents`);
    expect(await authorization.mayUse(ALICE)).toBe('allowed');
    expect(reviews()).toEqual(['alice docker@agents', `${ROBOT} docker@agents`]);
    expect(api.asked[1]?.body).toMatchObject({
      spec: { groups: ['system:serviceaccounts', 'system:serviceaccounts:agents', 'system:authenticated'] },
    });
  });

  test('the API server is asked about nobody else', async () => {
    const { authorization, allowed, reviews } = await askedServer();
    for (const other of [
      'alice nsjail@agents',
      'alice docker@other',
      'system:serviceaccount:other:robot docker@agents',
    ])
      allowed.add(other);
    expect(await authorization.mayUse(ALICE)).toBe('denied');
    expect(reviews()).toHaveLength(2);
  });

  test.each<[string, Partial<UseRequest>, readonly string[]]>([
    [
      'a user without a name and groups, about whom one cannot ask',
      { user: { username: '', groups: [] } },
      [`${ROBOT} docker@agents`],
    ],
    [
      'a user without a name, but in a group',
      { user: { username: '', groups: ['a'] } },
      [' docker@agents', `${ROBOT} docker@agents`],
    ],
    ['a service account that cannot be', { serviceAccount: 'x:y' }, ['alice docker@agents']],
    ['a service account of a megabyte', { serviceAccount: 'x'.repeat(2 ** 20) }, ['alice docker@agents']],
    ['no namespace', { namespace: '' }, ['alice docker@']],
  ])('who is asked about: %s', async (_, request, expected) => {
    const { authorization, reviews } = await askedServer();
    expect(await authorization.mayUse({ ...ALICE, ...request })).toBe('denied');
    expect(reviews()).toEqual(expected);
  });

  test('nothing is asked about a user whose groups are longer than anything that should be sent', async () => {
    const { authorization, allowed, told, reviews } = await askedServer();
    const user = { username: 'alice', groups: Array<string>(5000).fill('g'.repeat(100)) };
    expect(await authorization.mayUse({ ...ALICE, user })).toBe('unknown');
    allowed.add(`${ROBOT} nsjail@agents`);
    expect(await authorization.mayUse({ ...ALICE, user, className: 'nsjail' })).toBe('allowed');
    expect(reviews()).toEqual([`${ROBOT} docker@agents`, `${ROBOT} nsjail@agents`]);
    expect(told[0]).toBe('failed: the groups and the extra of a user are too long to be sent');
  });
});

describe('how often', () => {
  test('a yes is good for 10 s', async () => {
    const { authorization, allowed, reviews, pass, told } = await askedServer();
    allowed.add('alice docker@agents');
    expect(await authorization.mayUse(ALICE)).toBe('allowed');
    allowed.clear();
    pass(9000);
    expect(await authorization.mayUse(ALICE)).toBe('allowed');
    expect(reviews()).toHaveLength(1);
    pass(1000);
    expect(await authorization.mayUse(ALICE)).toBe('denied');
    expect(told).toEqual(['allowed', 'known', 'denied', 'denied']);
  });

  test('a no is good for 5 s', async () => {
    const { authorization, allowed, reviews, pass } = await askedServer();
    expect(await authorization.mayUse(ALICE)).toBe('denied');
    allowed.add('alice docker@agents');
    pass(4000);
    expect(await authorization.mayUse(ALICE)).toBe('denied');
    expect(reviews()).toHaveLength(2);
    pass(1000);
    expect(await authorization.mayUse(ALICE)).toBe('allowed');
  });

  test('answers count for as long as is set', async () => {
    const { authorization, allowed, pass } = await askedServer(10_000, { allowedMs: 60_000, deniedMs: 0 });
    expect(await authorization.mayUse(ALICE)).toBe('denied');
    allowed.add('alice docker@agents');
    expect(await authorization.mayUse(ALICE)).toBe('allowed');
    allowed.clear();
    pass(59_000);
    expect(await authorization.mayUse(ALICE)).toBe('allowed');
    pass(1000);
    expect(await authorization.mayUse(ALICE)).toBe('denied');
  });

  test('nothing is asked for a second after a failure', async () => {
    const { api, authorization, allowed, reviews, pass } = await askedServer();
    allowed.add('alice docker@agents');
    const outage = api.instead(isReview, fails(500));
    expect(await authorization.mayUse(ALICE)).toBe('unknown');
    outage.end();
    expect(await authorization.mayUse(ALICE)).toBe('unknown');
    expect(reviews()).toHaveLength(2);
    pass(1000);
    expect(await authorization.mayUse(ALICE)).toBe('allowed');
  });

  test('once, where many ask the same at the same time', async () => {
    const { authorization, allowed, reviews, told } = await askedServer();
    allowed.add(`${ROBOT} docker@agents`);
    const answers = await Promise.all(Array.from({ length: 100 }, () => authorization.mayUse(ALICE)));
    expect(new Set(answers)).toEqual(new Set(['allowed']));
    expect(reviews()).toEqual(['alice docker@agents', `${ROBOT} docker@agents`]);
    expect(told.filter((line) => line === 'known')).toHaveLength(198);
  });

  test('no more than 32 of a thousand different questions are asked at a time', async () => {
    const { api, authorization } = await askedServer(60_000);
    let open = 0;
    let most = 0;
    api.instead(isReview, (response) => {
      most = Math.max(most, ++open);
      setImmediate(() => {
        open--;
        sendJson(response, 201, { status: { allowed: true } });
      });
    });
    const answers = await Promise.all(
      Array.from({ length: 1000 }, (_, index) => authorization.mayUse({ ...ALICE, namespace: `ns-${index}` })),
    );
    expect(new Set(answers)).toEqual(new Set(['allowed']));
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(32);
  });
});

describe('what makes two questions one', () => {
  const same: readonly Partial<UserInfo>[] = [{}, { uid: '' }, { extra: {} }];
  const others: readonly Partial<UserInfo>[] = [
    { uid: '7' },
    { groups: [] },
    { groups: ['dev', 'ops'] },
    { groups: ['dev,ops'] },
    { groups: ['dev', ''] },
    { extra: { a: ['b'] } },
    { extra: { a: [] } },
    { extra: { a: ['b', 'c'] } },
    { username: 'alicedev' },
  ];

  test('everything that an authorizer may look at, and nothing else', async () => {
    const { authorization, reviews, told } = await askedServer();
    for (const change of same)
      await authorization.mayUse({ ...ALICE, user: { ...ALICE.user, ...change }, serviceAccount: '' });
    expect(reviews()).toHaveLength(1);
    for (const change of others)
      await authorization.mayUse({ ...ALICE, user: { ...ALICE.user, ...change }, serviceAccount: '' });
    expect(reviews()).toHaveLength(1 + others.length);
    for (const change of others)
      await authorization.mayUse({ ...ALICE, user: { ...ALICE.user, ...change }, serviceAccount: '' });
    expect(reviews()).toHaveLength(1 + others.length);
    expect(told.filter((line) => line === 'known')).toHaveLength(2 + others.length);
  });

  test('a user cannot be made to look like another by what is in her names', async () => {
    const { authorization, allowed } = await askedServer();
    allowed.add('alice docker@agents');
    expect(await authorization.mayUse(ALICE)).toBe('allowed');
    const forged: readonly UserInfo[] = [
      { username: 'mallory","alice', groups: ['dev'] },
      { username: '', groups: ['alice', 'dev'] },
      { username: 'alice\u0000', groups: ['dev'] },
      { username: 'alice\ud800', groups: ['dev'] },
    ];
    for (const user of forged) expect(await authorization.mayUse({ ...ALICE, user })).toBe('denied');
  });
});

describe('a failure is a no, and says why', () => {
  test.each([
    ['403', fails(403, 'forbidden'), 'failed: 403 forbidden'],
    ['429', fails(429, 'too many requests', { 'retry-after': '1' }), 'failed: 429 too many requests'],
    ['500', fails(500, 'etcd is gone'), 'failed: 500 etcd is gone'],
  ])('an answer of %s means unknown, and is reported', async (_, fault, line) => {
    const { api, authorization, told } = await askedServer();
    api.instead(isReview, fault);
    expect(await authorization.mayUse(ALICE)).toBe('unknown');
    expect(told).toEqual([line, line]);
  });

  test.each<[string, unknown]>([
    ['another object', { kind: 'Status' }],
    ['a yes that is text', { status: { allowed: 'true' } }],
    ['a yes of nobody', { allowed: true }],
    ['a yes of every object', { status: Object.create({ allowed: true }) as unknown }],
    ['null', null],
  ])('an answer that is none: %s', async (_, body) => {
    const { api, authorization, told } = await askedServer();
    api.instead(isReview, (response) => sendJson(response, 201, body));
    expect(await authorization.mayUse(ALICE)).toBe('unknown');
    expect(told[0]).toBe('failed: the answer is not a SubjectAccessReview');
  });

  test('an answer that is no JSON, or ends in the middle', async () => {
    const { api, authorization, told } = await askedServer();
    api.instead(isReview, (response) => response.end('<html>'));
    expect(await authorization.mayUse(ALICE)).toBe('unknown');
    expect(told[0]).toContain('failed: the answer is not JSON');
    api.instead(isReview, (response) => {
      response.writeHead(201, { 'content-length': '1000' });
      response.write('{"status":{"allowed":true}}');
      api.cut(response);
    });
    expect(await authorization.mayUse({ ...ALICE, className: 'nsjail' })).toBe('unknown');
  });

  test('no answer at all, in the time there is for both questions', async () => {
    const { api, authorization, told } = await askedServer(300);
    api.instead(isReview, () => {});
    const began = performance.now();
    expect(await authorization.mayUse(ALICE)).toBe('unknown');
    expect(performance.now() - began).toBeLessThan(5000);
    await expect.poll(() => told).toContain('failed: no answer within 0.3 s');
  });

  test('an answer that drips', async () => {
    const { api, authorization, told } = await askedServer(300);
    api.instead(isReview, (response) => {
      response.writeHead(201);
      const timer = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(timer));
    });
    expect(await authorization.mayUse(ALICE)).toBe('unknown');
    await expect.poll(() => told).toContain('failed: no answer within 0.3 s');
  });

  test('a server that is not there', async () => {
    const { api, authorization, told } = await askedServer();
    await api.close();
    expect(await authorization.mayUse(ALICE)).toBe('unknown');
    expect(told[0]).toMatch(/^failed: .*ECONNREFUSED/);
  });

  test('the service account is still asked about, and its yes is a yes', async () => {
    const { api, authorization, allowed } = await askedServer();
    allowed.add(`${ROBOT} docker@agents`);
    api.instead((asked) => isReview(asked) && JSON.stringify(asked.body).includes('"alice"'), fails(500));
    expect(await authorization.mayUse(ALICE)).toBe('allowed');
  });

  test('a kept connection that the server has closed is none: it is asked again', async () => {
    const { api, authorization, allowed, told } = await askedServer();
    allowed.add('alice docker@agents').add('alice nsjail@agents');
    expect(await authorization.mayUse(ALICE)).toBe('allowed');
    api.instead(isReview, (response) => api.cut(response), 1);
    expect(await authorization.mayUse({ ...ALICE, className: 'nsjail' })).toBe('allowed');
    expect(told).toEqual(['allowed', 'allowed']);
  });
});

test('who stands in line for longer than there is time is not asked about any more', async () => {
  const { api, authorization, told } = await askedServer(300);
  api.instead(isReview, () => {});
  const ask = (index: number): Promise<string> =>
    authorization.mayUse({ ...ALICE, namespace: `ns-${index}`, serviceAccount: '' });
  expect(new Set(await Promise.all(Array.from({ length: 100 }, (_, index) => ask(index))))).toEqual(
    new Set(['unknown']),
  );
  await expect.poll(() => told).toHaveLength(100);
  expect(new Set(told)).toEqual(new Set(['failed: no answer within 0.3 s']));
  expect(api.asked.length).toBeLessThanOrEqual(32);
});
