// What a check of a rule is: something that pods must not do, as far as a policy's parameters ask for it.
import type { PodView } from '../kubernetes/containers.ts';
import type { PodTemplate } from '../kubernetes/pod.ts';
import type { Failure } from '../model/finding.ts';
import type { Platform } from './platform.ts';

/** A pod that a check lets pass. */
export interface PassExample<P> {
  readonly name: string;
  readonly parameters: P;
  readonly pod: PodTemplate;
}

/** A pod that a check refuses, and exactly how. */
export interface FailExample<P> extends PassExample<P> {
  /** `reason (detail)`, to the letter. */
  readonly says: string;
  /** The path of every offending field. */
  readonly paths: readonly string[];
}

/** What there is to know of a check without the parameters of a policy. */
export interface CheckInfo {
  /** The name of its file, of its entry in a policy's `checks`, and of its findings. */
  readonly id: string;
  /** One sentence for the docs. */
  readonly title: string;
  /** How a user fixes a violation, as an instruction without a full stop. */
  readonly fix: string;
  /** `linux` where the fields that it reads do not exist on Windows: pods of Windows nodes then pass. */
  readonly platform: Platform;
  readonly examples: {
    readonly pass: readonly PassExample<unknown>[];
    readonly fail: readonly FailExample<unknown>[];
  };
}

/** A check of a rule with parameters of type `P`. */
export interface RuleCheck<P> extends CheckInfo {
  /** The check that the parameters ask for, made once when the policy is loaded; undefined where they ask for none. */
  readonly compile: (parameters: P) => CheckPod | undefined;
  /** The action that the parameters themselves name, which goes before the policy's; undefined where they name none. */
  readonly action?: (parameters: P) => 'Deny' | 'Warn' | undefined;
  readonly examples: {
    readonly pass: readonly PassExample<P>[];
    readonly fail: readonly FailExample<P>[];
  };
}

/** Says what is wrong with a pod, or undefined where nothing is. Pure and total. */
export type CheckPod = (pod: PodView) => Failure | undefined;

/** A check bound to the parameters of one policy. */
export interface BoundCheck {
  readonly id: string;
  readonly fix: string;
  readonly check: CheckPod;
  /** The action that the rule's own parameters name. */
  readonly action: 'Deny' | 'Warn' | undefined;
}
