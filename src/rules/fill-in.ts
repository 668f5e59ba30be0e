// What an injection is: it fills in one thing where it is missing, and never overwrites what somebody wrote.
import type { ContainerList } from '../kubernetes/containers.ts';
import type { PodTemplate } from '../kubernetes/pod.ts';
import type { FillSpec } from './spec.ts';

/**
 * Which parts of a template may still be written. A pod being created: all of it. An ephemeral container being added to
 * a running pod: that container alone, since nothing else of a running pod's security fields can change.
 */
export interface FillScope {
  readonly podLevel: boolean;
  /**
   * Whether fields of the pod may be written that every container inherits, such as its user: not where some container
   * is a capability class's own, and says all it has to say.
   */
  readonly podDefaults: boolean;
  includes(list: ContainerList, index: number): boolean;
}

/** The scope of an object that is being created. */
export const WHOLE_TEMPLATE: FillScope = { podLevel: true, podDefaults: true, includes: () => true };

/** Takes note of a field that was left unfilled, and why: a code for machines and a sentence for people. */
export type NoteSkip = (code: string, text: string) => void;

/**
 * Returns the template with the missing fields filled, copied only along the changed path; the same reference where
 * nothing was missing. Pure; filling in twice changes nothing the second time.
 */
export type FillIn = (template: PodTemplate, scope: FillScope, noteSkip: NoteSkip) => PodTemplate;

/** Filling in as `spec` says turns `before` into `after`; where `after` is absent, nothing changes. */
export interface InjectionExample {
  readonly name: string;
  readonly spec: FillSpec;
  readonly before: PodTemplate;
  readonly after?: PodTemplate;
  /** The codes noted as skipped, in order. */
  readonly skips?: readonly string[];
}

/** One injection. The id and the file name agree. */
export interface Injection {
  readonly id: string;
  /** One sentence for the docs. */
  readonly title: string;
  /** The fields it can set. */
  readonly sets: readonly string[];
  /** Checks of the Pod Security Standards that already say what is missing when this injection was missed. */
  readonly satisfies: readonly string[];
  /** The filler a policy asks for, made once when the policy is loaded; undefined where it does not ask. */
  readonly compile: (spec: FillSpec) => FillIn | undefined;
  readonly examples: readonly InjectionExample[];
}
