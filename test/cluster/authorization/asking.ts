// An Authorization that asks a real API server, as a service account that may do nothing but ask.

import { ApiClient } from '../../../src/cluster/api/client.ts';
import { kubeconfigCredentials } from '../../../src/cluster/api/kubeconfig.ts';
import { Authorization, reviewsBy } from '../../../src/cluster/authorization/authorization.ts';
import type { UseRequest } from '../../../src/engine/gate.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { createNamespace, createServiceAccount } from '../control-plane/namespaces.ts';
import { bindingOf, createAll, roleOf } from '../rbac/compare.ts';

const MAY_ASK = [{ apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] }];

export interface Asking {
  readonly authorization: Authorization;
  /** `allowed`, `denied`, `failed: why` for every request, and `known` where there was none. */
  readonly told: string[];
  /** The SubjectAccessReviews that were sent. */
  readonly sent: object[];
}

/**
 * @param mayAsk false for a service account that may not even ask
 */
export async function startAsking(plane: ControlPlane, { mayAsk = true } = {}): Promise<Asking> {
  const namespace = await createNamespace(plane);
  await createServiceAccount(plane, namespace, 'sandgate');
  if (mayAsk) {
    const name = `asks-${namespace}`;
    const subject = { kind: 'ServiceAccount', namespace, name: 'sandgate' };
    await createAll(plane, [roleOf({ name }, MAY_ASK), bindingOf('ClusterRole', name, { name }, [subject])]);
  }
  const token = await plane.tokenFor(namespace, 'sandgate');
  const client = new ApiClient(kubeconfigCredentials(plane.kubeconfig({ token })));
  const told: string[] = [];
  const sent: object[] = [];
  const create = reviewsBy(client);
  const authorization = new Authorization({
    create(review, ...rest) {
      sent.push(review);
      return create(review, ...rest);
    },
    events: {
      onAsked: (outcome, _ms, problem) => void told.push(problem === undefined ? outcome : `${outcome}: ${problem}`),
      onKnown: () => void told.push('known'),
    },
  });
  return { authorization, told, sent };
}

/** Alice, who would use docker in a namespace, in a pod of service account `robot`. */
export function useOf(namespace: string, change: Partial<UseRequest> = {}): UseRequest {
  const user = { username: 'alice', groups: ['tenants', 'system:authenticated'] };
  return { className: 'docker', namespace, user, serviceAccount: 'robot', ...change };
}

/** The commands in a sentence of how to mend a refusal, as a shell would take them apart. */
export function commandsIn(fix: string): string[][] {
  const commands = fix.slice(fix.indexOf('kubectl ')).split('; ');
  return commands.map((command) =>
    command
      .split(' ')
      .slice(1)
      .map((word) => word.replaceAll("'", '')),
  );
}
