// What a check beyond the Pod Security Standards is: a rule that a policy parameterises.

import type { PodView } from '../kubernetes/containers.ts';
import type { PodTemplate } from '../kubernetes/pod.ts';
import type { Describe, Violation } from '../model/finding.ts';
import type { IsolationPolicySpec } from './spec.ts';

/** A pod that a policy lets pass. */
export interface IsolationPassExample {
  readonly name: string;
  readonly spec: IsolationPolicySpec;
  readonly pod: PodTemplate;
}

/** A pod that a policy refuses, and exactly how. */
export interface IsolationFailExample extends IsolationPassExample {
  /** `reason (detail)`, to the letter. */
  readonly says: string;
  /** The path of every offending field. */
  readonly paths: readonly string[];
  /** What stands at each of these paths; undefined where nothing does. */
  readonly values: readonly unknown[];
}

/** One check of a policy's own rules. The id, the file name and the docs agree. */
export interface IsolationCheck {
  readonly id: string;
  /** One sentence for the docs. */
  readonly title: string;
  /** How a user fixes a violation, as an instruction without a full stop. */
  readonly fix: string;
  /** The check a policy asks for, made once when the policy is loaded; undefined where it does not ask. Pure and total. */
  readonly compile: (spec: IsolationPolicySpec) => ((pod: PodView) => readonly Violation[] | undefined) | undefined;
  /** The sentence about its violations. */
  readonly describe: Describe;
  /** The action that the rule's own parameters ask for, which goes before the policy's; undefined where they say nothing. */
  readonly action?: (spec: IsolationPolicySpec) => 'Deny' | 'Warn' | undefined;
  readonly examples: {
    readonly pass: readonly IsolationPassExample[];
    readonly fail: readonly IsolationFailExample[];
  };
}
