// Who may do what with the ClusterRoles of the chart, asked of the real authorizer, with the controller that puts Kubernetes'
// own roles together.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { at } from '../control-plane/at.ts';
import { type ControlPlane, startControlPlane } from '../control-plane/control-plane.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { createNamespace } from '../control-plane/namespaces.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { installCertManagerKinds } from './cert-manager.ts';
import { install, uninstall } from './release.ts';

const API_GROUP = 'rbac.authorization.k8s.io';
const KINDS = ['isolationpolicies', 'capabilityclasses'];
const EXCEPTIONS = 'isolationexceptions';
const WRITES = ['create', 'update', 'patch', 'delete', 'deletecollection'];

let plane: ControlPlane;
let namespace: string;

beforeAll(async () => {
  plane = await startControlPlane({ controllerManager: true });
  await installCertManagerKinds(plane);
  namespace = await createNamespace(plane);
  await install(plane);
  for (const role of ['view', 'edit', 'admin', 'sandgate-view', 'sandgate-edit', 'sandgate-edit-exceptions']) {
    await bind(role, `${role}-of-all`);
    await bind(role, `${role}-here`, namespace);
  }
  // Aggregated, and known to the authorizer.
  await waitFor(() => may('view-of-all', 'list', 'isolationpolicies'), {
    within: 60_000,
    what: 'view has what the chart adds to it',
  });
  await waitFor(() => may('sandgate-edit-of-all', 'create', 'isolationpolicies'), {
    within: 30_000,
    what: 'the bindings are known',
  });
});

afterAll(async () => {
  if (plane !== undefined) await uninstall(plane);
  await plane?.stop();
});

/** In the whole cluster, or in one namespace. */
async function bind(role: string, user: string, where?: string): Promise<void> {
  await expectOk(
    plane.admin.create({
      apiVersion: `${API_GROUP}/v1`,
      kind: where === undefined ? 'ClusterRoleBinding' : 'RoleBinding',
      metadata: { name: user, ...(where !== undefined && { namespace: where }) },
      roleRef: { apiGroup: API_GROUP, kind: 'ClusterRole', name: role },
      subjects: [{ kind: 'User', apiGroup: API_GROUP, name: user }],
    }),
  );
}

async function may(user: string, verb: string, resource: string, where?: string): Promise<boolean> {
  const resourceAttributes = {
    verb,
    group: 'sandgate.dev',
    resource,
    ...(where !== undefined && { namespace: where }),
  };
  const question = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: { user, resourceAttributes },
  };
  return at((await expectOk(plane.admin.create(question))).body, 'status', 'allowed') === true;
}

/** The verbs that somebody has on both kinds, of those that are asked for. */
async function allowed(user: string, verbs: readonly string[], where?: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const verb of verbs) {
    const answers = await Promise.all(KINDS.map((kind) => may(user, verb, kind, where)));
    expect([user, verb, new Set(answers).size]).toEqual([user, verb, 1]);
    if (answers[0] === true) found.push(verb);
  }
  return found;
}

describe('in the whole cluster', () => {
  test.each(['view', 'edit', 'admin', 'sandgate-view'])('%s reads, and does not write', async (role) => {
    const user = `${role}-of-all`;
    // The authorizer hears of each role by itself.
    await waitFor(() => may(user, 'list', 'capabilityclasses'), { within: 60_000, what: `${role} reads` });
    expect(await allowed(user, ['get', 'list', 'watch', ...WRITES])).toEqual(['get', 'list', 'watch']);
  });

  test('sandgate-edit reads and writes', async () => {
    const verbs = ['get', 'list', 'watch', ...WRITES];
    expect(await allowed('sandgate-edit-of-all', verbs)).toEqual(verbs);
  });

  test('sandgate-edit creates a class for real', async () => {
    const policy = {
      apiVersion: 'sandgate.dev/v1alpha1',
      kind: 'CapabilityClass',
      metadata: { name: 'mine' },
    };
    const refused = await plane.as('admin-of-all').create(policy);
    expect([refused.status, String(refused.body.message)]).toEqual([403, expect.stringContaining('cannot create')]);
    // The webhook does not answer here: it is asked after the authorizer.
    const passed = await plane.as('sandgate-edit-of-all').create(policy);
    expect(String(passed.body.message)).not.toContain('cannot create resource');
  });
});

describe('in a namespace', () => {
  test.each(['view', 'edit', 'admin', 'sandgate-view', 'sandgate-edit'])(
    '%s has no say in what is the cluster’s',
    async (role) => {
      expect(await allowed(`${role}-here`, ['get', 'list', 'watch', ...WRITES])).toEqual([]);
    },
  );
});

describe('exceptions belong to a namespace', () => {
  test.each(['view', 'edit', 'admin', 'sandgate-view'])(
    '%s of the namespace reads them, and does not write',
    async (role) => {
      const user = `${role}-here`;
      await waitFor(() => may(user, 'list', EXCEPTIONS, namespace), { within: 60_000, what: `${role} reads` });
      for (const verb of WRITES) expect([verb, await may(user, verb, EXCEPTIONS, namespace)]).toEqual([verb, false]);
    },
  );

  test('sandgate-edit-exceptions of the namespace writes them there, and nowhere else', async () => {
    const user = 'sandgate-edit-exceptions-here';
    await waitFor(() => may(user, 'create', EXCEPTIONS, namespace), { within: 60_000, what: 'the binding is known' });
    for (const verb of WRITES) expect([verb, await may(user, verb, EXCEPTIONS, namespace)]).toEqual([verb, true]);
    expect(await may(user, 'create', EXCEPTIONS, 'default')).toBe(false);
    expect(await may(user, 'create', 'isolationpolicies')).toBe(false);
  });

  test('sandgate-edit writes policies and classes, and no exceptions', async () => {
    expect(await may('sandgate-edit-of-all', 'create', EXCEPTIONS, namespace)).toBe(false);
  });
});

// Asked in a namespace: there a RoleBinding does count.
test.each(['view', 'edit', 'admin', 'sandgate-view', 'sandgate-edit'])('%s may use no class', async (role) => {
  for (const user of [`${role}-of-all`, `${role}-here`]) {
    expect([user, await may(user, 'use', 'capabilityclasses', namespace)]).toEqual([user, false]);
  }
});

test('an admin of a namespace cannot give away what lets somebody use a class', async () => {
  const role = {
    apiVersion: `${API_GROUP}/v1`,
    kind: 'Role',
    metadata: { name: 'use-docker', namespace },
    rules: [
      { apiGroups: ['sandgate.dev'], resources: ['capabilityclasses'], resourceNames: ['docker'], verbs: ['use'] },
    ],
  };
  const refused = await plane.as('admin-here').create(role);
  expect([refused.status, String(refused.body.message)]).toEqual([403, expect.stringContaining('attempting to grant')]);
});
