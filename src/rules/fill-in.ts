// What a fill-in is: it sets one thing where it is missing. It overwrites what somebody wrote only where the policy says
// `override`, and then a warning says what was replaced by what.
import type { ContainerList } from '../kubernetes/containers.ts';
import type { PodTemplate } from '../kubernetes/pod.ts';
import type { ClusterFacts } from './cluster-facts.ts';
import type { Platform } from './platform.ts';

/**
 * Which parts of a template may still be written. A pod being created: all of it. An ephemeral container being added to
 * a running pod: that container alone, since nothing else of a running pod's security fields can change.
 */
export interface FillScope {
  readonly podLevel: boolean;
  /**
   * Whether fields of the pod may be written that every container inherits, such as its user. Not where some container
   * is a capability class's own: it must stay as the class has it.
   */
  readonly podDefaults: boolean;
  includes(list: ContainerList, index: number): boolean;
  /** Whether a volume may be written where the pod's level may: not one of a capability class. Every one where it is absent. */
  readonly includesVolume?: (name: string) => boolean;
  /** True in an object from which pods are made later. They get from the API server what only pods get. */
  readonly stored?: boolean;
  /** The template that an update replaces; undefined where there is none, or nothing of it is to be decided again. */
  readonly old?: PodTemplate | undefined;
  /** The fields of the pod's spec that a granted capability class gives it; absent where it gives none. */
  readonly granted?: ReadonlySet<string> | undefined;
  /** What is known of the cluster; absent where nothing is. */
  readonly cluster?: ClusterFacts | undefined;
}

/** The scope of an object that is being created. */
export const WHOLE_TEMPLATE: FillScope = { podLevel: true, podDefaults: true, includes: () => true };

/** What a fill-in says about what it did and did not do. */
export interface FillNotes {
  /** A field was left unfilled, and why: a code for machines and a sentence for people. */
  skip(code: string, text: string): void;
  /**
   * A sentence for the user about what was filled in, with the names of containers and fields; the policy's name is put
   * before it. Said once for each policy, however often the same text comes.
   */
  warn(text: string): void;
  /**
   * Asked by a fill-in that replaces what somebody wrote (`override: true`), each time it runs and before it looks at the
   * value. False where a policy of higher priority replaces the same field: of two, the first decides.
   * @param field a name for the field, the same in every policy: `spec.runtimeClassName`
   */
  claim(field: string): boolean;
}

/** For callers that only want to know what one policy alone would fill in. */
export const NO_NOTES: FillNotes = Object.freeze({ skip() {}, warn() {}, claim: () => true });

/** Who replaces which field: the first policy that asked. */
export class Claims {
  #by: Map<string, string> | undefined;

  /** Whether the policy may replace the field; true from then on for this policy alone. */
  claim(policy: string, field: string): boolean {
    this.#by ??= new Map();
    const by = this.#by.get(field);
    if (by !== undefined) return by === policy;
    this.#by.set(field, policy);
    return true;
  }
}

/**
 * Returns the template with the missing fields set, copied only along the changed path; the same reference where
 * nothing was missing. Pure; a second run changes nothing.
 */
export type Fill = (template: PodTemplate, scope: FillScope, notes: FillNotes) => PodTemplate;

/** What filling in as the parameters say makes of `before`; where `after` is absent, nothing changes. */
export interface FillInExample<P> {
  readonly name: string;
  readonly parameters: P;
  /** The template that `before` replaces, in an update. */
  readonly old?: PodTemplate;
  readonly before: PodTemplate;
  readonly after?: PodTemplate;
  /** The codes noted as skipped, in order. */
  readonly skips?: readonly string[];
  /** What users are warned of, in order and to the letter. */
  readonly warns?: readonly string[];
}

/** What there is to know of a fill-in without the parameters of a policy. */
export interface FillInInfo {
  /** The name of its file, and what logs and metrics call it. */
  readonly id: string;
  /** One sentence for the docs. */
  readonly title: string;
  /** The fields it can set. */
  readonly sets: readonly string[];
  /** The ids of fill-ins that run before this one, since what they set decides what this one does. */
  readonly after?: readonly string[];
  /** True where it runs before what other policies fill in, since they decide by what it sets. */
  readonly ahead?: boolean;
  /** Checks of the Pod Security Standards that already say what is missing when this fill-in was missed. */
  readonly satisfies: readonly string[];
  /** `linux` where the API server refuses the fields on pods of Windows nodes: those are then left as they are. */
  readonly platform: Platform;
  readonly examples: readonly FillInExample<unknown>[];
}

/** A fill-in of a rule with parameters of type `P`. */
export interface FillIn<P> extends FillInInfo {
  /** What the parameters ask for, made once when the policy is loaded; undefined where they do not ask for it. */
  readonly compile: (parameters: P) => Fill | undefined;
  readonly examples: readonly FillInExample<P>[];
}

/** A fill-in bound to the parameters of one policy. */
export interface BoundFillIn extends Ordered {
  readonly ahead: boolean;
  readonly satisfies: readonly string[];
  readonly fill: Fill;
}

/** What decides when a fill-in runs. */
type Ordered = Pick<FillInInfo, 'id' | 'sets' | 'after'>;

/**
 * Fill-ins in the order in which they run: fields of the pod's spec itself first, then what stands inside of security
 * contexts and containers; each after those that it names; otherwise as the rules have them.
 * @throws TypeError where two fill-ins wait for each other
 */
export function inOrderOfFilling<T extends Ordered>(fillIns: readonly T[]): readonly T[] {
  const waiting = [...fillIns.filter(setsFieldsOfSpec), ...fillIns.filter((fillIn) => !setsFieldsOfSpec(fillIn))];
  const ordered: T[] = [];
  while (waiting.length > 0) {
    const next = waiting.findIndex(({ after = [] }) => !waiting.some(({ id }) => after.includes(id)));
    if (next === -1) throw new TypeError(`fill-ins wait for each other: ${waiting.map(({ id }) => id).join(', ')}`);
    ordered.push(...waiting.splice(next, 1));
  }
  return ordered;
}

/** True for a fill-in that sets nothing but fields of the pod's spec itself, such as the RuntimeClass. */
export function setsFieldsOfSpec({ sets }: Pick<FillInInfo, 'sets'>): boolean {
  return sets.every((path) => /^spec\.\w+$/.test(path));
}
