// A cluster that is read once, with an API server that answers as a test wants it to. What a real one does is asserted in
// test/cluster/audit.test.ts.
import { describe, expect, test } from 'vitest';
import { ApiError } from '../../src/cluster/api/api-error.ts';
import { TooLargeError } from '../../src/cluster/api/body.ts';
import type { ApiRequest } from '../../src/cluster/api/client.ts';
import { type ListedClusterOptions, listCluster } from '../../src/cluster/listing/listed-cluster.ts';
import { pagesOf } from '../../src/cluster/listing/pages.ts';
import { type JsonObject, ownField } from '../../src/model/json.ts';
import { createPolicySet } from '../../src/policy/select.ts';
import { gateOf } from '../support/gate.ts';

type Answer = object | ApiError | Error;
type Client = ListedClusterOptions['client'];

/** A client that answers one request after the other. */
function inTurn(answers: readonly Answer[], asked: string[] = []): Client {
  const left = [...answers];
  return {
    async json({ path }) {
      asked.push(path);
      const answer = left.shift() ?? new Error('nothing more was expected');
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
}

function page(names: readonly string[], metadata: object = {}): object {
  return { metadata, items: names.map((name) => ({ metadata: { name, uid: name } })) };
}

const BACKOFF = { firstMs: 1, mostMs: 1 };

async function namesOf(
  answers: readonly Answer[],
  asked: string[] = [],
  onExpired = (): void => {},
): Promise<string[]> {
  const names: string[] = [];
  const pages = pagesOf({ client: inTurn(answers, asked), path: '/api/v1/pods', backoff: BACKOFF, onExpired });
  for await (const { items } of pages) names.push(...items.map((item) => String(ownField(item.metadata, 'name'))));
  return names;
}

describe('a list in pages', () => {
  test('goes on with the token of each page', async () => {
    const asked: string[] = [];
    expect(await namesOf([page(['a'], { continue: 'next' }), page(['b'])], asked)).toEqual(['a', 'b']);
    expect(asked).toEqual(['/api/v1/pods?limit=500', '/api/v1/pods?limit=500&continue=next']);
  });

  test('goes on with the token that comes with the news that the other has expired, and says so', async () => {
    const asked: string[] = [];
    let expired = 0;
    const gone = new ApiError('410 expired', 410, 0, { continueToken: 'fresh' });
    const answers = [page(['a'], { continue: 'old' }), gone, page(['b'])];
    expect(await namesOf(answers, asked, () => void expired++)).toEqual(['a', 'b']);
    expect(asked.at(-1)).toContain('continue=fresh');
    expect(expired).toBe(1);
  });

  test('begins again where no token comes, and has each object once', async () => {
    const gone = new ApiError('410 expired', 410);
    const answers = [page(['a', 'b'], { continue: 'old' }), gone, page(['a', 'b'], { continue: 'new' }), page(['c'])];
    expect(await namesOf(answers)).toEqual(['a', 'b', 'c']);
  });

  test('ends with an error where the token expires again and again', async () => {
    const gone = new ApiError('410 expired', 410, 0, { continueToken: 'token' });
    await expect(
      namesOf([page(['a'], { continue: 'old' }), ...Array.from({ length: 10 }, () => gone)]),
    ).rejects.toThrow('410');
  });

  test('asks again after an error that may pass, and for smaller pages where one was too large', async () => {
    const asked: string[] = [];
    const answers = [
      new ApiError('429 wait', 429),
      new Error('reset'),
      new ApiError('503', 503),
      new TooLargeError(1),
      page(['a']),
    ];
    expect(await namesOf(answers, asked)).toEqual(['a']);
    expect(asked.at(-1)).toContain('limit=63');
  });

  test('does not ask again what it may not see', async () => {
    await expect(namesOf([new ApiError('403 forbidden', 403)])).rejects.toThrow('403');
  });
});

/** What a cluster answers by path; 404 for everything else. */
function cluster(answers: Readonly<Record<string, Answer>>): Client {
  return {
    async json({ path }: ApiRequest) {
      const answer = answers[path.replace(/\?.*$/, '')] ?? new ApiError('404 not found', 404);
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
}

const FORBIDDEN = new ApiError('403 forbidden', 403);
const POLICIES = '/apis/sandgate.dev/v1alpha1/isolationpolicies';
const POLICY = {
  apiVersion: 'sandgate.dev/v1alpha1',
  kind: 'IsolationPolicy',
  metadata: { name: 'p', uid: 'p', generation: 1 },
  spec: { podSecurity: { level: 'baseline' } },
};
const POLICY_OF_FILE = [
  'apiVersion: sandgate.dev/v1alpha1',
  'kind: IsolationPolicy',
  'metadata: { name: of-file }',
  'spec: { podSecurity: { level: restricted } }',
];
const BASIC = {
  '/apis': { groups: [{ name: 'apps', preferredVersion: { version: 'v1' }, versions: [{ version: 'v1' }] }] },
  '/api/v1': { resources: [{ name: 'pods' }, { name: 'pods/status' }] },
  '/apis/apps/v1': { resources: [{ name: 'deployments' }] },
  '/api/v1/namespaces': page(['one', 'two']),
  [POLICIES]: { items: [POLICY] },
};

interface Read {
  readonly objects: readonly JsonObject[];
  readonly unread: readonly string[];
  readonly notInForce: readonly string[];
  readonly policies: readonly string[];
}

async function read(
  answers: Readonly<Record<string, Answer>>,
  namespaces: readonly string[] = [],
  options: Partial<Pick<ListedClusterOptions, 'staticPolicies' | 'clusterPolicies'>> = {},
): Promise<Read> {
  const unread: string[] = [];
  const notInForce: string[] = [];
  const listed = await listCluster({
    client: cluster({ ...BASIC, ...answers }),
    clusterPolicies: false,
    staticPolicies: createPolicySet([]),
    namespaces,
    onUnread: (message) => unread.push(message),
    onNotInForce: (message) => notInForce.push(message),
    onExpired: () => {},
    onProgress: () => {},
    pages: { backoff: BACKOFF },
    ...options,
  });
  const objects: JsonObject[] = [];
  for await (const object of listed.workloads()) objects.push(object);
  return { objects, unread, notInForce, policies: listed.policies.policies.map(({ name }) => name) };
}

describe('a cluster', () => {
  test('has its own policies and every kind it serves, with the kinds that lists leave out, and the pods last', async () => {
    const { objects, policies, unread } = await read({
      '/api/v1/pods': page(['pod']),
      '/apis/apps/v1/deployments': page(['web']),
    });
    expect(policies).toEqual(['p']);
    expect(objects).toMatchObject([
      { apiVersion: 'apps/v1', kind: 'Deployment' },
      { apiVersion: 'v1', kind: 'Pod' },
    ]);
    expect(unread).toEqual([]);
  });

  test('whose pods may not be listed at once has them namespace by namespace, and what is refused there is told', async () => {
    const { objects, unread } = await read({
      '/api/v1/pods': FORBIDDEN,
      '/api/v1/namespaces/one/pods': page(['pod']),
      '/api/v1/namespaces/two/pods': FORBIDDEN,
    });
    expect(objects).toMatchObject([{ metadata: { name: 'pod' } }]);
    expect(unread).toEqual(['pods in namespace "two": 403 forbidden']);
  });

  test('whose pods and namespaces may not be listed tells both', async () => {
    const { unread } = await read({ '/api/v1/pods': FORBIDDEN, '/api/v1/namespaces': FORBIDDEN });
    expect(unread).toEqual(['namespaces: 403 forbidden', 'pods: 403 forbidden']);
  });

  test('is asked about the namespaces that are wanted and no others', async () => {
    const { objects, unread } = await read(
      {
        '/api/v1/namespaces': FORBIDDEN,
        '/api/v1/pods': FORBIDDEN,
        '/api/v1/namespaces/one': { metadata: { name: 'one' } },
        '/api/v1/namespaces/one/pods': page(['pod']),
      },
      ['one'],
    );
    expect(objects).toMatchObject([{ metadata: { name: 'pod' } }]);
    expect(unread).toEqual([]);
  });

  test('with a policy that is not accepted says why it is not in force', async () => {
    const { notInForce, policies } = await read({
      [POLICIES]: { items: [{ ...POLICY, spec: { podSecurity: { level: 'strict' } } }] },
    });
    expect(policies).toEqual([]);
    expect(notInForce).toEqual([expect.stringContaining('IsolationPolicy p: not in force: ')]);
  });

  test('judges by the policies of files alone, or by its own as well where that is asked for', async () => {
    const file = POLICY_OF_FILE.map((line) => `${line}\n`).join('');
    const staticPolicies = gateOf(file).policies;
    expect((await read({}, [], { staticPolicies })).policies).toEqual(['of-file']);
    const both = await read({}, [], { staticPolicies, clusterPolicies: true });
    expect(both.policies.toSorted()).toEqual(['of-file', 'p']);
    expect(both.notInForce).toEqual([]);
  });

  test('without discovery tells that nothing could be read', async () => {
    expect((await read({ '/apis': FORBIDDEN })).unread).toEqual(['discovery: 403 forbidden']);
    expect((await read({ '/apis/apps/v1': FORBIDDEN })).unread).toEqual(['discovery: 403 forbidden']);
  });
});
