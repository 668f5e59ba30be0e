// The webhook configurations that bring reviews to us: made from the rows that say where pod templates live, so that
// what is registered and what is judged cannot drift apart. The chart and the tests use the same function.

import { enforcementByRow, type Gate } from '../src/engine/gate.ts';
import { CONNECTIONS_WEBHOOK, NAMESPACE_NAME_LABEL, ROLE_BINDINGS_WEBHOOK } from '../src/model/names.ts';
import { OWN_KINDS } from '../src/resources/index.ts';
import { WORKLOADS } from '../src/workloads/index.ts';
import type { Enforcement, Workload } from '../src/workloads/workload.ts';
import { bindingConditions, matchConditions } from './registration/conditions.ts';
import type {
  ClientConfig,
  FailurePolicy,
  LabelSelector,
  MutatingWebhook,
  MutatingWebhookConfiguration,
  SideEffects,
  ValidatingWebhook,
  ValidatingWebhookConfiguration,
  WebhookRule,
} from './registration/configuration.ts';
import { CONNECTION_RULES, fillingRules, judgingRules, ROLE_BINDING_RULES } from './registration/webhook-rules.ts';

/** The paths we answer at. */
export type WebhookPath = '/mutate' | '/validate' | '/validate-policy';

/**
 * The entries, by what they are for. `fill`: complete workloads. `enforce`: refuse them. `advise`: warn about
 * controllers, whose pods are refused anyway. `connect`: refuse connections to running pods. `roleBindings`: refuse
 * role bindings. `policies`: refuse policies and classes that do not compile.
 */
export type WebhookEntry = 'fill' | 'enforce' | 'advise' | 'connect' | 'roleBindings' | 'policies';

interface EntrySpec {
  readonly name: string;
  readonly path: WebhookPath;
  readonly failurePolicy: FailurePolicy;
  readonly timeoutSeconds: number;
}

/**
 * Each entry and what it is unless an option says otherwise.
 * - Filling in fails open: validation refuses what it missed.
 * - Advice fails open and is not waited for long: an outage of ours must not keep a Deployment from scaling.
 * - Connections and role bindings fail closed, and are registered only where that is asked for: most policies do not judge them.
 * - Policies fail closed: while nobody can tell whether one compiles, none is stored. No deletion is ever asked about.
 * - 5 s and 2 s: leader election in the control plane has to survive both one after the other.
 */
export const WEBHOOK_ENTRIES: Readonly<Record<WebhookEntry, EntrySpec>> = {
  fill: { name: 'workloads.mutate.sandgate.dev', path: '/mutate', failurePolicy: 'Ignore', timeoutSeconds: 2 },
  enforce: { name: 'workloads.validate.sandgate.dev', path: '/validate', failurePolicy: 'Fail', timeoutSeconds: 5 },
  advise: { name: 'advisory.validate.sandgate.dev', path: '/validate', failurePolicy: 'Ignore', timeoutSeconds: 2 },
  connect: { name: CONNECTIONS_WEBHOOK, path: '/validate', failurePolicy: 'Fail', timeoutSeconds: 5 },
  roleBindings: { name: ROLE_BINDINGS_WEBHOOK, path: '/validate', failurePolicy: 'Fail', timeoutSeconds: 5 },
  policies: {
    name: 'policies.validate.sandgate.dev',
    path: '/validate-policy',
    failurePolicy: 'Fail',
    timeoutSeconds: 5,
  },
};

/** Namespaces that are left alone unless an option says otherwise: the network and DNS of the cluster start there. */
export const DEFAULT_EXCLUDED_NAMESPACES: readonly string[] = ['kube-system'];

export interface RegistrationOptions {
  /** `metadata.name` of both configurations. */
  readonly name: string;
  /** Where the API server reaches a path of ours. */
  readonly clientConfig: (path: WebhookPath) => ClientConfig;
  /** The namespace we run in. Always left alone: our pods have to start while we are down. */
  readonly namespace?: string | undefined;
  /** Namespaces whose workloads are not judged; {@link DEFAULT_EXCLUDED_NAMESPACES} by default. */
  readonly excludedNamespaces?: readonly string[];
  /** Who we are to the API server, as in `system:serviceaccount:NAMESPACE:NAME`: our own requests are not reviewed. */
  readonly username?: string | undefined;
  /** How strictly each kind is judged; as its row says by default. */
  readonly enforcement?: Gate['enforcement'];
  /** The rows; those that are always registered by default. */
  readonly workloads?: readonly Workload[];
  /** Whether connections to running pods are reviewed; not by default. */
  readonly connections?: boolean;
  /** What reviews of workloads do beside answering: `NoneOnDryRun` where events are written about refusals. */
  readonly sideEffects?: SideEffects | undefined;
  /** Whether role bindings are reviewed; not by default. */
  readonly roleBindings?: boolean;
  /** The names of our own ClusterRoleBindings, whose labels every release changes. */
  readonly ownBindings?: readonly string[];
  readonly failurePolicy?: Readonly<Partial<Record<WebhookEntry, FailurePolicy>>>;
  /** 1 to 30, which is what the API server accepts. */
  readonly timeoutSeconds?: Readonly<Partial<Record<WebhookEntry, number>>>;
}

/** Both configurations. */
export interface Registration {
  readonly mutating: MutatingWebhookConfiguration;
  readonly validating: ValidatingWebhookConfiguration;
}

/**
 * The webhook configurations for the rows of the registry, as JSON to be sent to an API server of at least 1.30 (where
 * match conditions are stable). Leases, events, nodes and the like need no condition to be spared: no rule names them.
 */
export function webhookConfigurations(options: RegistrationOptions): Registration {
  const { enforcement = enforcementByRow, workloads = WORKLOADS } = options;
  const judgedAs = (wanted: Enforcement): readonly Workload[] => workloads.filter((row) => enforcement(row) === wanted);
  const filled = workloads.filter((row) => (row.fillIn || row.fillInAround) && enforcement(row) !== 'Ignore');
  const fill: readonly MutatingWebhook[] = workloadEntry('fill', fillingRules(filled), options).map((entry) => ({
    ...entry,
    reinvocationPolicy: 'IfNeeded',
  }));
  return {
    mutating: {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingWebhookConfiguration',
      metadata: { name: options.name },
      webhooks: fill,
    },
    validating: {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: options.name },
      webhooks: [
        ...workloadEntry('enforce', judgingRules(judgedAs('Enforce')), options),
        ...workloadEntry('advise', judgingRules(judgedAs('Warn')), options),
        ...workloadEntry('connect', options.connections ? CONNECTION_RULES : [], options),
        ...workloadEntry('roleBindings', options.roleBindings ? ROLE_BINDING_RULES : [], options),
        policyEntry(options),
      ],
    },
  };
}

/** One entry, or none where no kind is left for it: the API server would take an entry without rules for one. */
function workloadEntry(
  entry: WebhookEntry,
  rules: readonly WebhookRule[],
  options: RegistrationOptions,
): readonly ValidatingWebhook[] {
  if (rules.length === 0) return [];
  const { sideEffects = 'None' } = options;
  const made = webhook(entry, rules, options);
  const conditions =
    entry === 'roleBindings'
      ? [...bindingConditions(options.ownBindings), ...made.matchConditions]
      : made.matchConditions;
  return [{ ...made, sideEffects, matchConditions: conditions, namespaceSelector: namespaceSelector(options) }];
}

/** Our own kinds, in every namespace where they have any: excluded namespaces are about workloads. */
function policyEntry(options: RegistrationOptions): ValidatingWebhook {
  const rules = (['Cluster', 'Namespaced'] as const).flatMap((scope): readonly WebhookRule[] => {
    const kinds = OWN_KINDS.filter((own) => own.scope === scope);
    if (kinds.length === 0) return [];
    return [
      {
        apiGroups: [...new Set(kinds.map((own) => own.group))],
        apiVersions: ['*'],
        resources: kinds.map((own) => own.plural),
        operations: ['CREATE', 'UPDATE'],
        scope,
      },
    ];
  });
  return webhook('policies', rules, options);
}

function webhook(entry: WebhookEntry, rules: readonly WebhookRule[], options: RegistrationOptions): ValidatingWebhook {
  const spec = WEBHOOK_ENTRIES[entry];
  return {
    name: spec.name,
    clientConfig: options.clientConfig(spec.path),
    rules,
    failurePolicy: options.failurePolicy?.[entry] ?? spec.failurePolicy,
    timeoutSeconds: options.timeoutSeconds?.[entry] ?? spec.timeoutSeconds,
    matchPolicy: 'Equivalent',
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
    matchConditions: matchConditions(options.username),
  };
}

function namespaceSelector({ namespace, excludedNamespaces }: RegistrationOptions): LabelSelector {
  const own = namespace === undefined ? [] : [namespace];
  const values = [...new Set([...own, ...(excludedNamespaces ?? DEFAULT_EXCLUDED_NAMESPACES)])];
  if (values.length === 0) return {};
  return { matchExpressions: [{ key: NAMESPACE_NAME_LABEL, operator: 'NotIn', values }] };
}
