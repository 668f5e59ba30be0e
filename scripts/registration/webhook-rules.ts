// Which requests each webhook is registered for, from the rows that say where pod templates live.
import { isPod } from '../../src/engine/locate.ts';
import { CONNECTIONS } from '../../src/rules/connection.ts';
import type { Workload } from '../../src/workloads/workload.ts';
import type { WebhookRule } from './configuration.ts';

type Operations = WebhookRule['operations'];

/**
 * A version that we do not know is judged by the pointers we know, so it has to arrive: listing the known versions
 * would hide an object from us once its group no longer serves one of those.
 */
const EVERY_VERSION = ['*'];

/** Subresources are updated, never created, as far as they change a pod template. */
const SUBRESOURCE_OPERATIONS: Operations = ['UPDATE'];

/** Collects resources that are wanted for the same group, operations and scope into one rule. */
class Rules {
  readonly #rules = new Map<string, WebhookRule & { readonly resources: string[] }>();

  add(workload: Workload, resource: string, operations: Operations): void {
    const { group } = workload;
    const scope = workload.scope ?? 'Namespaced';
    const key = JSON.stringify([group, operations, scope]);
    const rule: WebhookRule & { readonly resources: string[] } = this.#rules.get(key) ?? {
      apiGroups: [group],
      apiVersions: EVERY_VERSION,
      resources: [],
      operations,
      scope,
    };
    this.#rules.set(key, rule);
    rule.resources.push(resource);
  }

  list(): readonly WebhookRule[] {
    return [...this.#rules.values()];
  }
}

/** The connections to running pods that a policy can judge. */
export const CONNECTION_RULES: readonly WebhookRule[] = [
  {
    apiGroups: [''],
    apiVersions: EVERY_VERSION,
    resources: CONNECTIONS.map((kind) => `pods/${kind}`),
    operations: ['CONNECT'],
    scope: 'Namespaced',
  },
];

/** Role bindings, in which policies can judge the service accounts. */
export const ROLE_BINDING_RULES: readonly WebhookRule[] = (
  [
    ['rolebindings', 'Namespaced'],
    ['clusterrolebindings', 'Cluster'],
  ] as const
).map(([resource, scope]) => ({
  apiGroups: ['rbac.authorization.k8s.io'],
  apiVersions: EVERY_VERSION,
  resources: [resource],
  operations: ['CREATE', 'UPDATE'],
  scope,
}));

/** The requests in which objects of these kinds are judged. Never DELETE or CONNECT: those change no template. */
export function judgingRules(workloads: readonly Workload[]): readonly WebhookRule[] {
  const rules = new Rules();
  for (const workload of workloads) {
    const { resource, subresources } = workload;
    rules.add(workload, resource, ['CREATE', 'UPDATE']);
    for (const subresource of subresources) rules.add(workload, `${resource}/${subresource}`, SUBRESOURCE_OPERATIONS);
  }
  return rules.list();
}

/**
 * The requests in which something can be filled in. Of a pod that exists only its new ephemeral containers can be
 * written; all else that we fill in is immutable. Around a template, fields are filled in where the object is created.
 */
export function fillingRules(workloads: readonly Workload[]): readonly WebhookRule[] {
  const rules = new Rules();
  for (const workload of workloads) {
    const { resource, subresources } = workload;
    rules.add(workload, resource, isPod(workload) || !workload.fillIn ? ['CREATE'] : ['CREATE', 'UPDATE']);
    if (!isPod(workload) || !subresources.includes('ephemeralcontainers')) continue;
    rules.add(workload, `${resource}/ephemeralcontainers`, SUBRESOURCE_OPERATIONS);
  }
  return rules.list();
}
