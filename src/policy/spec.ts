// An IsolationPolicy as its author writes it, after the schema has accepted it.
import type { Action } from '../model/finding.ts';
import type { RuleParameters } from '../rules/index.ts';
import type { Enforcement } from '../workloads/workload.ts';
import type { ExceptionEntry } from './exception-entry.ts';

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
  readonly conditions?: readonly ConditionSpec[];
}

/** An expression that is true for what the policy is about. */
export interface ConditionSpec {
  readonly name: string;
  readonly expression: string;
}

/** What a policy does about one check. */
export interface CheckSpec {
  readonly validationActions?: readonly Action[];
  readonly except?: readonly ExceptionEntry[];
}

/** Which IsolationExceptions the policy lets act. */
export interface ExceptionsSpec {
  readonly allow: boolean;
  readonly maxDays?: number;
  readonly forbiddenChecks?: readonly string[];
}

/** The spec of a policy: which workloads, what to do about violations, and the rules. */
export interface IsolationPolicySpec extends RuleParameters {
  readonly priority?: number;
  readonly match?: MatchSpec;
  /** `Object` by default: a Sandbox is filled in as well. `Pod`: its pods alone. */
  readonly fillInto?: 'Pod' | 'Object';
  /** By kind, `Deployment` or `Deployment.apps`: how strictly its objects are held to the policy. */
  readonly enforcement?: Readonly<Record<string, Enforcement>>;
  readonly validationActions?: readonly Action[];
  /** By check id: other actions for that check, and exceptions from it. */
  readonly checks?: Readonly<Record<string, CheckSpec>>;
  readonly exceptions?: ExceptionsSpec;
}

export interface IsolationPolicy {
  readonly apiVersion: string;
  readonly kind: 'IsolationPolicy';
  readonly metadata: { readonly name: string };
  readonly spec: IsolationPolicySpec;
}
