// A namespace for one test, ready for pods.
import { randomUUID } from 'node:crypto';
import { at } from './at.ts';
import type { ControlPlane } from './control-plane.ts';
import { expectOk } from './expect-ok.ts';
import { waitFor } from './wait-for.ts';

/**
 * Creates a namespace under a name nobody has, with the `default` ServiceAccount that pods need.
 *
 * @returns its name
 */
export async function createNamespace(
  plane: ControlPlane,
  labels: Readonly<Record<string, string>> = {},
): Promise<string> {
  const name = `test-${randomUUID().slice(0, 8)}`;
  await expectOk(plane.admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } }));
  await createServiceAccount(plane, name, 'default');
  return name;
}

/** Creates a ServiceAccount; one that a controller made in the meantime is as good. */
export async function createServiceAccount(plane: ControlPlane, namespace: string, name: string): Promise<void> {
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } };
  const reply = await plane.admin.create(account);
  if (reply.status !== 409) await expectOk(reply);
}

/** Lets a user do everything in one namespace, by RBAC. */
export async function allowAll(plane: ControlPlane, namespace: string, user: string): Promise<void> {
  const apiGroup = 'rbac.authorization.k8s.io';
  const metadata = { namespace, name: `all-${randomUUID().slice(0, 8)}` };
  const rules = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }];
  await expectOk(plane.admin.create({ apiVersion: `${apiGroup}/v1`, kind: 'Role', metadata, rules }));
  const subjects = [{ kind: 'User', apiGroup, name: user }];
  const roleRef = { apiGroup, kind: 'Role', name: metadata.name };
  await expectOk(
    plane.admin.create({ apiVersion: `${apiGroup}/v1`, kind: 'RoleBinding', metadata, subjects, roleRef }),
  );
  // The authorizer learns of it from a watch of its own.
  const resourceAttributes = { namespace, verb: '*', group: '*', resource: '*' };
  const question = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes },
  };
  const isKnown = async (): Promise<boolean> =>
    at((await expectOk(plane.as(user).create(question))).body, 'status', 'allowed') === true;
  await waitFor(isKnown, { within: 30_000, what: `${user} may use ${namespace}` });
}
