// An IsolationPolicy as its author writes it, after the schema has accepted it.
import type { CapabilityRef } from '../grants/spec.ts';
import type { IdentitySpec } from '../images/identity.ts';
import type { Action } from '../model/finding.ts';

/** The fields that `harden` can fill; each is the id of an injection. */
export const HARDEN_FIELDS = [
  'seccompProfile',
  'allowPrivilegeEscalation',
  'capabilities',
  'runAsNonRoot',
  'readOnlyRootFilesystem',
  'hostUsers',
] as const;
export type HardenField = (typeof HARDEN_FIELDS)[number];

/** What a level fills: the fields it needs, with the values that let it admit the pod. */
export const HARDEN_LEVELS: Readonly<Record<'baseline' | 'restricted', readonly HardenField[]>> = {
  baseline: ['seccompProfile'],
  restricted: ['seccompProfile', 'allowPrivilegeEscalation', 'capabilities', 'runAsNonRoot'],
};

export interface LabelSelectorRequirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values?: readonly string[];
}

/** metav1.LabelSelector: every label and every expression must hold; an empty one matches everything. */
export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly LabelSelectorRequirement[];
}

export interface MatchSpec {
  readonly namespaceSelector?: LabelSelector;
  /** On the pod template's labels. */
  readonly objectSelector?: LabelSelector;
  /** `Pod`, `Deployment`, `Sandbox.agents.x-k8s.io`; every kind where absent. */
  readonly kinds?: readonly string[];
}

export interface PodSecuritySpec {
  readonly level?: 'privileged' | 'baseline' | 'restricted';
  /** `latest` or `v1.N`. */
  readonly version?: string;
  /** Take levels and versions from the namespace's `pod-security.kubernetes.io/*` labels instead. */
  readonly fromNamespaceLabels?: boolean;
}

/** What is filled in where it is missing. */
export interface FillSpec {
  readonly identity?: IdentitySpec;
  readonly harden?: 'baseline' | 'restricted' | readonly HardenField[];
  readonly runtime?: { readonly default?: string };
}

export interface IsolationPolicySpec extends FillSpec {
  readonly priority?: number;
  readonly match?: MatchSpec;
  readonly validationActions?: readonly Action[];
  /** By check id: other actions for that check. */
  readonly checks?: Readonly<Record<string, { readonly validationActions: readonly Action[] }>>;
  readonly podSecurity?: PodSecuritySpec;
  /** The classes these workloads may be granted. */
  readonly capabilities?: readonly CapabilityRef[];
}

export interface IsolationPolicy {
  readonly apiVersion: string;
  readonly kind: 'IsolationPolicy';
  readonly metadata: { readonly name: string };
  readonly spec: IsolationPolicySpec;
}
