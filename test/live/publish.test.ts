// Whom the stored reports of an audit belong to, and which of former audits are removed, with an API server that answers as a test wants it to. What a real one does is
// asserted in test/cluster/audit.test.ts and test/cluster/chart/audit.test.ts.
import { expect, test } from 'vitest';
import { ApiError } from '../../src/cluster/api/api-error.ts';
import type { ApiRequest } from '../../src/cluster/api/client.ts';
import { ClusterError } from '../../src/cluster/api/credentials.ts';
import { publishReports } from '../../src/cluster/reports/publish.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { Result } from '../../src/report/shapes/result.ts';

type Client = Parameters<typeof publishReports>[0];

const ROLE = '/apis/rbac.authorization.k8s.io/v1/clusterroles/release-audit';
const RESULT: Result = {
  source: { file: 'cluster', document: 1, line: 0 },
  object: { apiVersion: 'v1', kind: 'Pod', namespace: 'a', name: 'one' },
  verdict: 'allowed',
  policies: ['p'],
  findings: [],
  warnings: [],
  patch: [],
  placeOf: () => ({ file: 'cluster', line: 0, column: 0 }),
};

/** Has reports, and this ClusterRole; writes down what is applied. */
function apiServer(role: JsonObject | undefined, applied: unknown[] = []): Client {
  return {
    async json({ path, apply }: ApiRequest) {
      if (apply !== undefined) applied.push(apply);
      if (path === ROLE && role === undefined) throw new ApiError('404 not found', 404);
      return path === ROLE ? role : { items: [] };
    },
  };
}

test('the reports belong to the ClusterRole that is named, by its uid, and to nothing where none is', async () => {
  const applied: unknown[] = [];
  const client = apiServer({ metadata: { name: 'release-audit', uid: 'u-1' } }, applied);
  await publishReports(client, [RESULT], { isWhole: true, owner: 'release-audit' });
  await publishReports(client, [RESULT], { isWhole: true });
  const owner = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', name: 'release-audit', uid: 'u-1' };
  expect(applied).toMatchObject([{ metadata: { ownerReferences: [owner] } }, { metadata: { name: 'sandgate-audit' } }]);
  expect(JSON.stringify(applied[1])).not.toContain('ownerReferences');
});

test.each([
  ['there is not', undefined, 'the ClusterRole "release-audit", which is to own the reports: 404 not found'],
  [
    'is being deleted',
    { metadata: { name: 'release-audit', uid: 'u-1', deletionTimestamp: '2026-12-01T00:00:00Z' } },
    'the ClusterRole "release-audit", which is to own the reports, is being deleted',
  ],
])('nothing is written for an owner that %s', async (_, role, message) => {
  const applied: unknown[] = [];
  const publishing = publishReports(apiServer(role, applied), [RESULT], { isWhole: true, owner: 'release-audit' });
  await expect(publishing).rejects.toThrow(new ClusterError(message));
  expect(applied).toEqual([]);
});

/** An API server with leftovers of both APIs, where these paths answer with an error. */
function withLeftovers(errors: Readonly<Record<string, ApiError>>, removed: string[] = []): Client {
  return {
    async json({ path, remove }: ApiRequest) {
      const [plain = ''] = path.split('?');
      const error = errors[plain];
      if (error) throw error;
      if (remove) removed.push(plain);
      const leftOver = { metadata: { namespace: 'b', name: 'sandgate-audit' } };
      return { items: /\/(policy)?reports$/.test(plain) ? [leftOver] : [] };
    },
  };
}

const OPEN = '/apis/openreports.io/v1alpha1';
const OLDER = '/apis/wgpolicyk8s.io/v1alpha2';
const OPEN_LEFT_OVER = `${OPEN}/namespaces/b/reports/sandgate-audit`;
const OLDER_LEFT_OVER = `${OLDER}/namespaces/b/policyreports/sandgate-audit`;

test('reports of former audits are removed, of either API, and those that are written now stay', async () => {
  const removed: string[] = [];
  const published = await publishReports(withLeftovers({}, removed), [RESULT], { isWhole: true });
  expect(published).toEqual({ group: 'openreports.io', written: 1, removed: 2, problems: [] });
  expect(removed).toEqual([OPEN_LEFT_OVER, OLDER_LEFT_OVER]);
});

test('nothing is removed where something could not be audited', async () => {
  const removed: string[] = [];
  await publishReports(withLeftovers({}, removed), [RESULT], { isWhole: false });
  expect(removed).toEqual([]);
});

test.each([
  ['a kind that the cluster does not have', { [`${OLDER}/policyreports`]: new ApiError('404 not found', 404) }],
  ['a report that is gone by then', { [OLDER_LEFT_OVER]: new ApiError('404 not found', 404) }],
  [
    'a report of a namespace that is gone by then',
    { [`${OPEN}/namespaces/a/reports/sandgate-audit`]: new ApiError('404 not found', 404) },
  ],
  [
    'a report of a namespace that is being deleted',
    {
      [`${OPEN}/namespaces/a/reports/sandgate-audit`]: new ApiError(
        '403 reports is forbidden: unable to create new content in namespace a because it is being terminated',
        403,
      ),
    },
  ],
])('not a problem is %s', async (_, errors) => {
  expect((await publishReports(withLeftovers(errors), [RESULT], { isWhole: true })).problems).toEqual([]);
});

test('what may not be removed is told, and the rest is removed all the same', async () => {
  const removed: string[] = [];
  const errors = { [OPEN_LEFT_OVER]: new ApiError('403 forbidden', 403) };
  const { problems } = await publishReports(withLeftovers(errors, removed), [RESULT], { isWhole: true });
  expect(problems).toEqual([`${OPEN_LEFT_OVER}: 403 forbidden`]);
  expect(removed).toEqual([OLDER_LEFT_OVER]);
});
