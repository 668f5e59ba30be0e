// A tenant: a user who may do everything in one namespace, and nothing else.

import { at } from '../control-plane/at.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import type { KubeClient } from '../control-plane/kube-client.ts';
import { allowAll, createNamespace } from '../control-plane/namespaces.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { AGENTS_TIER } from './gated-cluster.ts';

export interface Tenant {
  readonly user: string;
  readonly namespace: string;
  readonly client: KubeClient;
}

/** A namespace, for agents unless its labels say otherwise, and alice, who may do as she likes in it. */
export async function createTenant(
  plane: ControlPlane,
  labels: Readonly<Record<string, string>> = AGENTS_TIER,
): Promise<Tenant> {
  const namespace = await createNamespace(plane, labels);
  const user = 'alice';
  await allowAll(plane, namespace, user);
  const client = plane.as(user, ['tenants']);
  // The authorizer hears of a new role a moment after it is stored.
  const resourceAttributes = { namespace, verb: '*', group: '*', resource: '*' };
  const review = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes },
  };
  const mayDoAll = async (): Promise<boolean> => {
    const { body } = await expectOk(client.create(review));
    return at(body, 'status', 'allowed') === true;
  };
  await waitFor(mayDoAll, { within: 30_000, what: `${user} may use ${namespace}` });
  return { user, namespace, client };
}
