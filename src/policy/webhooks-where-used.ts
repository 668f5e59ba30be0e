// The webhooks that are about other requests than those of workloads. A server that registers its webhooks itself registers each of
// these only while some policy has something for it to judge: with it, such requests wait for Sandgate in the whole cluster.
import { CONNECTIONS_WEBHOOK, ROLE_BINDINGS_WEBHOOK } from '../model/names.ts';
import type { PolicySet } from './policy.ts';

export interface WebhookWhereUsed {
  /** Of its entry in the webhook configuration. */
  readonly name: string;
  /** What the API server calls the objects that are sent: the name by which the option `--registered-kinds` has them. */
  readonly kind: string;
  readonly isUsed: (policies: PolicySet) => boolean;
}

export const WEBHOOKS_WHERE_USED = [
  { name: CONNECTIONS_WEBHOOK, kind: 'PodExecOptions', isUsed: ({ judgesConnections }) => judgesConnections },
  {
    name: ROLE_BINDINGS_WEBHOOK,
    kind: 'RoleBinding.rbac.authorization.k8s.io',
    isUsed: ({ judgesRoleBindings }) => judgesRoleBindings,
  },
] as const satisfies readonly WebhookWhereUsed[];

/** The names of those that these policies use. */
export function webhooksUsed(policies: PolicySet): ReadonlySet<string> {
  return new Set(WEBHOOKS_WHERE_USED.flatMap(({ name, isUsed }) => (isUsed(policies) ? [name] : [])));
}

/** The kinds that come to the webhooks of these names. */
export function kindsOfWebhooks(names: ReadonlySet<string>): ReadonlySet<string> {
  return new Set(WEBHOOKS_WHERE_USED.flatMap(({ name, kind }) => (names.has(name) ? [kind] : [])));
}
