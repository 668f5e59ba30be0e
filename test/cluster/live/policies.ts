// Policies for tests of the live state, and the questions that show which are in force.
import type { JsonObject } from '../../../src/model/json.ts';
import { ownField } from '../../../src/model/json.ts';
import { UNSAFE_POD } from '../../../src/server/development/examples.ts';
import type { ServedCluster } from '../../live/served-cluster.ts';
import { withRequest } from '../../support/reviews.ts';
import { at, listAt } from '../control-plane/at.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { expectOk } from '../control-plane/expect-ok.ts';

export const RESTRICTED: JsonObject = { podSecurity: { level: 'restricted' } };
/** Refused by no schema, and yet nothing that can be: two rows for the same image. */
export const BROKEN: JsonObject = {
  ...RESTRICTED,
  identity: {
    images: [
      { image: 'example.com/a', runAsUser: 1 },
      { image: 'example.com/a', runAsUser: 2 },
    ],
  },
};

export function policy(name: string, spec: JsonObject): JsonObject {
  return { apiVersion: 'sandgate.dev/v1alpha1', kind: 'IsolationPolicy', metadata: { name }, spec };
}

/** For the namespaces with `tier: NAME`. */
export function policyForTier(name: string, spec: JsonObject = RESTRICTED): JsonObject {
  return policy(name, { ...spec, match: { namespaceSelector: { matchLabels: { tier: name } } } });
}

/** Whether an unsafe pod would be let in, and by what the answer is explained. */
export async function judged(served: ServedCluster, namespace: string): Promise<{ allowed: boolean; text: string }> {
  const answer = await served.client.post('/validate', withRequest(UNSAFE_POD, { namespace }));
  const allowed = ownField(ownField(answer.body, 'response'), 'allowed');
  if (answer.status !== 200 || typeof allowed !== 'boolean') throw new Error(`${answer.status}: ${answer.text}`);
  return { allowed, text: answer.text };
}

/** The condition `Accepted` of a stored policy. */
export async function accepted(plane: ControlPlane, name: string): Promise<unknown> {
  const ref = { apiVersion: 'sandgate.dev/v1alpha1', kind: 'IsolationPolicy', name };
  const { body } = await expectOk(plane.admin.get(ref));
  return listAt(body, 'status', 'conditions').find((condition) => at(condition, 'type') === 'Accepted');
}
