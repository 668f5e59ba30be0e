// What a check of the Pod Security Standards is: data, and one pure function per version of its rule.
import type { PodView } from '../kubernetes/containers.ts';
import type { PodTemplate } from '../kubernetes/pod.ts';
import type { Describe, Violation } from '../model/finding.ts';

/** Every field of a pod that is wrong, in order; undefined where none is. Pure, total, and never throws. */
export type CheckPod = (pod: PodView) => readonly Violation[] | undefined;

/** A rule as it stands from one Kubernetes minor on, until the next one of the same check. */
export interface CheckVersion {
  /** `1.0`: from the beginning. */
  readonly since: `1.${number}`;
  /** Baseline checks that this restricted one takes the place of. */
  readonly overrides?: readonly string[];
  readonly check: CheckPod;
}

/** A pod that a check lets pass. `since` is the version to judge it by; latest where absent. */
export interface PassExample {
  readonly name: string;
  readonly since?: `1.${number}`;
  readonly pod: PodTemplate;
}

/** A pod that a check refuses, and exactly how. */
export interface FailExample extends PassExample {
  /** `reason (detail)`, to the letter. */
  readonly says: string;
  /** The path of every offending field. */
  readonly paths: readonly string[];
  /** What stands at each of these paths; undefined where nothing does. */
  readonly values: readonly unknown[];
}

/** One check of the Pod Security Standards. The id, the file name and the docs agree. */
export interface Check {
  readonly id: string;
  readonly level: 'baseline' | 'restricted';
  /** One sentence for the docs. */
  readonly title: string;
  /** How a user fixes a violation, as an instruction without a full stop. */
  readonly fix: string;
  /** The same about these violations alone, where it depends on them. */
  readonly fixFor?: (violations: readonly Violation[]) => string;
  /** Strictly increasing. Old versions are never edited: a policy pinned to one must give the same verdicts for ever. */
  readonly versions: readonly CheckVersion[];
  /** The sentence about violations of any version, to the letter of upstream's. */
  readonly describe: Describe;
  readonly examples: { readonly pass: readonly PassExample[]; readonly fail: readonly FailExample[] };
}
