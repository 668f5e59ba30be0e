// Our reading of Roles and bindings against the API server's own authorizer: created for real, asked by SubjectAccessReviews.
import { sample } from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { userInfo } from '../../../src/cli/user.ts';
import { serviceAccountUser } from '../../../src/kubernetes/service-account.ts';
import { BUILT_IN_ROLES } from '../../../src/library/offline/rbac/built-in.ts';
import { isJsonObject } from '../../../src/model/json.ts';
import { REFUSED } from '../../library/offline/rbac/refused-objects.ts';
import { at, listAt } from '../control-plane/at.ts';
import { type ControlPlane, startControlPlane } from '../control-plane/control-plane.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { createNamespace } from '../control-plane/namespaces.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import {
  askForReal,
  bindingOf,
  createAll,
  disagreements,
  offlineAuthorizer,
  type Question,
  RBAC_V1,
  roleOf,
  untilSeen,
} from './compare.ts';
import { tableOf } from './table.ts';
import { worlds } from './worlds.ts';

const API_GROUP = 'rbac.authorization.k8s.io';
const USE = { apiGroups: ['sandgate.dev'], resources: ['capabilityclasses'], verbs: ['use'] };

let plane: ControlPlane;
/** As a fresh cluster has them. */
let builtIn: readonly object[];
let here: string;
let elsewhere: string;

beforeAll(async () => {
  // With its controllers: one of them puts aggregated ClusterRoles together.
  plane = await startControlPlane({ controllerManager: true });
  builtIn = await exported('ClusterRole', 'ClusterRoleBinding');
  [here, elsewhere] = await Promise.all([createNamespace(plane), createNamespace(plane)]);
});

afterAll(async () => {
  await plane?.stop();
});

/** Everything of these kinds in the cluster, as `kubectl get -o yaml` gives it. */
async function exported(...kinds: readonly string[]): Promise<object[]> {
  const lists = await Promise.all(
    kinds.map(async (kind) => {
      const { body } = await expectOk(plane.admin.list({ apiVersion: RBAC_V1, kind }));
      return listAt(body, 'items').map((item) => ({ apiVersion: RBAC_V1, kind, ...(isJsonObject(item) ? item : {}) }));
    }),
  );
  return lists.flat();
}

async function expectAgreement(objects: readonly object[], questions: readonly Question[]): Promise<void> {
  const offline = offlineAuthorizer(objects, here);
  expect(await disagreements(plane, offline, questions)).toEqual([]);
}

test('every rule, way of binding and subject', async () => {
  const { objects, questions } = tableOf(here, elsewhere);
  await createAll(plane, objects);
  await untilSeen(plane, here, 'table-end');
  await expectAgreement(objects, questions);
  // It must not be one answer to all of them.
  const offline = offlineAuthorizer(objects, here);
  const allowed = questions.filter(({ user, className, namespace }) => offline(user, className, namespace));
  expect(allowed.length).toBeGreaterThan(200);
  expect(questions.length - allowed.length).toBeGreaterThan(1000);
});

test('worlds of roles and bindings, as chance makes them', async () => {
  const seed = Date.now() % 2 ** 31;
  const namespaces = await Promise.all([createNamespace(plane), createNamespace(plane)]);
  let allowed = 0;
  for (const [index, { objects, questions }] of sample(worlds(namespaces), { numRuns: 40, seed }).entries()) {
    await createAll(plane, objects);
    await untilSeen(plane, here, `world-${index}`);
    const offline = offlineAuthorizer(objects, here);
    const different = await disagreements(plane, offline, questions);
    expect(different, `seed ${seed}, world ${index}: ${JSON.stringify(objects)}`).toEqual([]);
    allowed += questions.filter(({ user, className, namespace }) => offline(user, className, namespace)).length;
    await deleteAll(objects);
  }
  expect(allowed).toBeGreaterThan(20);
});

async function deleteAll(objects: readonly object[]): Promise<void> {
  for (const object of objects) {
    const metadata = at(object, 'metadata');
    const namespace = at(metadata, 'namespace');
    await expectOk(
      plane.admin.delete({
        apiVersion: RBAC_V1,
        kind: String(at(object, 'kind')),
        name: String(at(metadata, 'name')),
        namespace: typeof namespace === 'string' ? namespace : undefined,
      }),
    );
  }
}

const TO = 'example.com/aggregate-to';

function part(name: string, labels: object, rules: readonly object[] = [USE]): object {
  return roleOf({ name, labels }, rules);
}

function sum(name: string, selectors: readonly object[], labels: object = {}): object {
  return roleOf({ name, labels }, [], { aggregationRule: { clusterRoleSelectors: selectors } });
}

describe('aggregated ClusterRoles', () => {
  const objects = [
    part('part-docker', { [TO]: 'sum', team: 'a' }, [{ ...USE, resourceNames: ['docker'] }]),
    part('part-nsjail', { [TO]: 'sum', team: 'b' }, [{ ...USE, resourceNames: ['nsjail'] }]),
    sum('sum-all', [{ matchLabels: { [TO]: 'sum' } }]),
    sum('sum-a', [{ matchLabels: { [TO]: 'sum', team: 'a' } }]),
    sum('sum-or', [{ matchLabels: { [TO]: 'no' } }, { matchLabels: { team: 'b' } }]),
    sum('sum-in', [{ matchExpressions: [{ key: 'team', operator: 'In', values: ['b', 'c'] }] }]),
    sum('sum-not-in', [
      { matchLabels: { [TO]: 'sum' }, matchExpressions: [{ key: 'team', operator: 'NotIn', values: ['a'] }] },
    ]),
    sum('sum-exists', [{ matchExpressions: [{ key: TO, operator: 'Exists' }] }], { outer: 'yes' }),
    sum('sum-not-built-in', [
      {
        matchExpressions: [
          { key: 'kubernetes.io/bootstrapping', operator: 'DoesNotExist' },
          { key: 'nobody', operator: 'Exists' },
        ],
      },
    ]),
    sum('sum-everything', [{}]),
    sum('sum-without-label', [
      {
        matchExpressions: [
          { key: 'team', operator: 'DoesNotExist' },
          { key: TO, operator: 'DoesNotExist' },
        ],
      },
    ]),
    sum('sum-of-sum', [{ matchLabels: { outer: 'yes' } }]),
    sum('sum-of-itself', [{ matchLabels: { self: 'yes' } }], { self: 'yes' }),
    part('added-to-view', { [`${API_GROUP}/aggregate-to-view`]: 'true' }),
  ];
  const names = [
    ...objects.map((object) => String(at(object, 'metadata', 'name'))),
    'admin',
    'edit',
    'view',
    'cluster-admin',
  ];
  const bound = names.map((name) =>
    bindingOf('ClusterRole', name, { name: `has-${name}` }, [
      { kind: 'User', apiGroup: API_GROUP, name: `has-${name}` },
    ]),
  );

  test('by their labels, through each other, and with those that every cluster has', async () => {
    await createAll(plane, [...objects, ...bound]);
    await untilSeen(plane, here, 'sums-end');
    const offline = offlineAuthorizer([...objects, ...bound], here);
    const questions = names.flatMap((name) =>
      ['docker', 'nsjail'].map((className) => ({ user: userInfo(`has-${name}`, []), className, namespace: here })),
    );
    // The controller takes its time.
    await waitFor(async () => (await disagreements(plane, offline, questions)).length === 0, {
      within: 60_000,
      what: 'the roles are put together',
    }).catch(() => {});
    expect(await disagreements(plane, offline, questions)).toEqual([]);
    const answers = questions.map(({ user, className, namespace }) => offline(user, className, namespace));
    expect(new Set(answers).size).toBe(2);
  });
});

describe('what every cluster has', () => {
  test('the roles we know are those that a fresh one has, and no other lets anybody use a class', async () => {
    for (const known of BUILT_IN_ROLES) {
      const real = builtIn.find(
        (object) => at(object, 'kind') === 'ClusterRole' && at(object, 'metadata', 'name') === known.name,
      );
      expect(at(real, 'metadata', 'labels')).toEqual(known.labels);
      const selectors = listAt(real, 'aggregationRule', 'clusterRoleSelectors');
      expect(selectors).toEqual(known.selectors);
    }
    const roles = builtIn.filter((object) => at(object, 'kind') === 'ClusterRole');
    expect(roles.length).toBeGreaterThan(50);
    const bindings = roles.map((role) => {
      const name = String(at(role, 'metadata', 'name'));
      return bindingOf('ClusterRole', name, { name }, [{ kind: 'User', name }]);
    });
    const withThem = offlineAuthorizer([...builtIn, ...bindings], here);
    const without = offlineAuthorizer(bindings, here);
    const may = (authorizer: typeof without): string[] =>
      roles
        .map((role) => String(at(role, 'metadata', 'name')))
        .filter((name) => authorizer({ username: name, groups: [] }, 'docker', here));
    expect(may(withThem)).toEqual(['cluster-admin']);
    expect(may(without)).toEqual(['cluster-admin']);
  });

  test('the groups that the API server itself gives', async () => {
    const users = [
      { username: '', groups: ['system:masters'] },
      { username: 'x', groups: ['system:unauthenticated', 'system:nodes', 'system:authenticated'] },
      { username: 'system:kube-controller-manager', groups: ['system:authenticated'] },
      serviceAccountUser('kube-system', 'clusterrole-aggregation-controller'),
      serviceAccountUser('kube-system', 'replicaset-controller'),
    ];
    const questions = users.map((user) => ({ user, className: 'docker', namespace: elsewhere }));
    const fresh = await startControlPlane();
    try {
      const offline = offlineAuthorizer([], here);
      expect(await disagreements(fresh, offline, questions)).toEqual([]);
    } finally {
      await fresh.stop();
    }
    expect(
      await askForReal(plane, { user: userInfo('x', ['system:masters']), className: 'docker', namespace: here }),
    ).toBe('allowed');
  });
});

test.each(REFUSED.map((row) => [row.title, row] as const))(
  'refused by the API server, too: %s',
  async (_, { object }) => {
    const kind = String(at(object, 'kind'));
    const namespaced = kind === 'Role' || kind === 'RoleBinding';
    const metadata = at(object, 'metadata');
    const placed = {
      ...object,
      metadata: { ...(namespaced && { namespace: here }), ...(isJsonObject(metadata) && metadata) },
    };
    const group = String(at(object, 'apiVersion'));
    const plural = `${kind.toLowerCase()}s`;
    const path = namespaced ? `/apis/${group}/namespaces/${here}/${plural}` : `/apis/${group}/${plural}`;
    const { status, text } = await plane.admin.request('POST', path, placed);
    expect(status, text).toBeGreaterThanOrEqual(400);
    expect(status, text).toBeLessThan(500);
  },
);
