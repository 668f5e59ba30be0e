// A namespace for attempts: alice works in it, builder is a service account that may use classes, idle is one that may not.

import { serviceAccountUser } from '../../../src/kubernetes/service-account.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { at } from '../control-plane/at.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import type { KubeClient } from '../control-plane/kube-client.ts';
import { createNamespace, createServiceAccount } from '../control-plane/namespaces.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { askForReal, bindingOf, createAll, roleOf } from '../rbac/compare.ts';

const API_GROUP = 'rbac.authorization.k8s.io';

/**
 * What a tenant needs to work, and no more: with verb `*` on resource `*`, as careless roles have it, she could `use` every
 * class.
 */
const WORKS: readonly JsonObject[] = [
  {
    apiGroups: [''],
    resources: ['pods', 'events', 'services', 'persistentvolumeclaims'],
    verbs: ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'],
  },
  { apiGroups: [''], resources: ['pods/ephemeralcontainers', 'pods/resize'], verbs: ['get', 'update', 'patch'] },
  { apiGroups: [''], resources: ['pods/exec', 'pods/attach'], verbs: ['get', 'create'] },
  { apiGroups: ['apps', 'batch'], resources: ['deployments', 'jobs', 'cronjobs'], verbs: ['*'] },
  { apiGroups: ['agents.x-k8s.io'], resources: ['sandboxes'], verbs: ['*'] },
  { apiGroups: ['extensions.agents.x-k8s.io'], resources: ['sandboxtemplates'], verbs: ['*'] },
  // She may try, with these, to give herself what she has not got.
  { apiGroups: [API_GROUP], resources: ['roles', 'rolebindings'], verbs: ['get', 'list', 'create', 'update', 'patch'] },
];

/** The classes that are opened to whoever is let in. */
const CLASSES = ['docker', 'nsjail'];

export interface Place {
  readonly plane: ControlPlane;
  readonly namespace: string;
  /** May work, and use nothing. */
  readonly alice: KubeClient;
  /** May work, and use docker. */
  readonly dora: KubeClient;
}

export interface PlaceOptions {
  /** False where nobody may use any class, whatever the name. */
  readonly opened?: boolean;
}

/** Makes one, and resolves when the authorizer knows of it. */
export async function makePlace(
  plane: ControlPlane,
  labels: Readonly<Record<string, string>>,
  { opened = true }: PlaceOptions = {},
): Promise<Place> {
  const namespace = await createNamespace(plane, labels);
  await Promise.all(['builder', 'idle'].map((name) => createServiceAccount(plane, namespace, name)));
  const works = { namespace, name: 'works' };
  const uses = { namespace, name: 'uses-classes' };
  const docker = { namespace, name: 'uses-docker' };
  const bindings = [
    bindingOf('Role', 'uses-classes', uses, [{ kind: 'ServiceAccount', namespace, name: 'builder' }]),
    bindingOf('Role', 'uses-docker', docker, [userNamed('dora')]),
  ];
  await createAll(plane, [roleOf(works, WORKS), roleOf(uses, useOf(CLASSES)), roleOf(docker, useOf(['docker']))]);
  await createAll(plane, [
    bindingOf('Role', 'works', works, [userNamed('alice'), userNamed('dora')]),
    ...(opened ? bindings : []),
  ]);
  const place = { plane, namespace, alice: plane.as('alice', ['tenants']), dora: plane.as('dora', ['tenants']) };
  await waitFor(() => isKnown(place, opened), { within: 30_000, what: `the roles in ${namespace} are known` });
  return place;
}

/** The rules of a role that may use these classes. */
export function useOf(resourceNames: readonly string[]): readonly JsonObject[] {
  return [{ apiGroups: ['sandgate.dev'], resources: ['capabilityclasses'], resourceNames, verbs: ['use'] }];
}

export function userNamed(name: string): JsonObject {
  return { kind: 'User', apiGroup: API_GROUP, name };
}

/** What is asked too early would be remembered, by Sandgate, for some seconds. */
async function isKnown({ plane, namespace, alice, dora }: Place, opened: boolean): Promise<boolean> {
  const users = [serviceAccountUser(namespace, 'builder'), { username: 'dora', groups: ['tenants'] }];
  const answers = await Promise.all(users.map((user) => askForReal(plane, { user, className: 'docker', namespace })));
  if (opened && answers.includes('denied')) return false;
  const works = await Promise.all([alice, dora].map((client) => mayMakeRoles(client, namespace)));
  return !works.includes(false);
}

/** Of the last rule: the role is known as a whole. */
async function mayMakeRoles(client: KubeClient, namespace: string): Promise<boolean> {
  const resourceAttributes = { namespace, verb: 'create', group: API_GROUP, resource: 'roles' };
  const review = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes },
  };
  const { body } = await expectOk(client.create(review));
  return at(body, 'status', 'allowed') === true;
}
