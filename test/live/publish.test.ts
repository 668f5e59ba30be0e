// Whom the stored reports of an audit belong to, with an API server that answers as a test wants it to. What a real one does is
// asserted in test/cluster/audit.test.ts and test/cluster/chart/audit.test.ts.
import { expect, test } from 'vitest';
import { ApiError } from '../../src/cluster/api/api-error.ts';
import type { ApiRequest } from '../../src/cluster/api/client.ts';
import { ClusterError } from '../../src/cluster/api/credentials.ts';
import { publishReports } from '../../src/cluster/reports/publish.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { Result } from '../../src/report/shapes/result.ts';

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
function apiServer(role: JsonObject | undefined, applied: unknown[] = []): Parameters<typeof publishReports>[0] {
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
