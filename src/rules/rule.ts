// What a rule is: one key of a policy's spec, with its parameters, its checks and its fill-ins.
import { isGiven } from '../kubernetes/stated-user.ts';
import type { SchemaFor } from '../model/schema.ts';
import { type BoundCheck, type CheckInfo, type CheckPod, checkPart, type RuleCheck, type SpecAround } from './check.ts';
import type { BoundFillIn, Fill, FillIn, FillInInfo } from './fill-in.ts';
import type { BoundObjectFillIn, ObjectFillIn, ObjectFillInInfo } from './object-fill-in.ts';
import { runsOnWindows, SELECTS_WINDOWS } from './platform.ts';

/** Something in a rule's parameters that makes no sense although the schema accepts it. */
export interface ParameterProblem {
  /** The keys that lead to it from the rule's own key: `['images', '3']`. */
  readonly keys: readonly string[];
  readonly message: string;
  /** A word that is not known, and those that are; the message does not list them. */
  readonly unknown?: { readonly word: string; readonly known: readonly string[] } | undefined;
  /** A policy with an error is refused; a warning is told to its author. */
  readonly severity: 'error' | 'warning';
}

/** A rule as its folder defines it. `P` is the type of its parameters. */
export interface RuleDefinition<Key extends string, P> {
  /** The key of `spec`, and the name of the folder. */
  readonly key: Key;
  /** The parameters: the policy's schema, its CRD, the docs and the TypeScript type all come from it. */
  readonly parameters: SchemaFor<P>;
  /** Parameters that inform readers of a policy and decide nothing, such as `images[].source`. */
  readonly notes?: readonly string[];
  /** Where the parameters are a list: the key of its entries that no two of them may have alike. */
  readonly uniqueBy?: string;
  /** What the schema cannot say about parameters that it accepts. */
  readonly problems?: (parameters: P, around: SpecAround) => readonly ParameterProblem[];
  /** In the order in which their findings are listed. */
  readonly checks?: readonly RuleCheck<P>[];
  /** In the order in which they run. */
  readonly fillIns?: readonly FillIn<P>[];
  /** Of the object around a template, in the order in which they run. */
  readonly objectFillIns?: readonly ObjectFillIn<P>[];
  /** Examples of the rule as a whole, for parameters that no check or fill-in of its own reads. */
  readonly examples?: readonly RuleExample<P>[];
}

/** Parameters that matter, and a pod to which they do. A test changes each parameter and expects another outcome. */
export interface RuleExample<P> {
  readonly name: string;
  readonly parameters: P;
  /** What else stands in the policy's spec. */
  readonly beside?: object;
  readonly pod: object;
  /** True where it is the template of a Sandbox. */
  readonly stored?: boolean;
  /** Labels of the pod's namespace. */
  readonly namespaceLabels?: Readonly<Record<string, string>>;
  /** CapabilityClass documents that the parameters name. */
  readonly classes?: readonly object[];
}

/** The checks and fill-ins that one policy's parameters ask for. */
export interface BoundRule {
  readonly checks: readonly BoundCheck[];
  readonly fillIns: readonly BoundFillIn[];
  readonly objectFillIns: readonly BoundObjectFillIn[];
}

/** A rule without the type of its parameters, as lists of rules hold it. `Spec` is the spec of a policy. */
export interface Rule<Spec> {
  readonly key: string;
  readonly parameters: SchemaFor<unknown>;
  readonly notes: readonly string[];
  readonly checks: readonly CheckInfo[];
  readonly fillIns: readonly FillInInfo[];
  readonly objectFillIns: readonly ObjectFillInInfo[];
  readonly examples: readonly RuleExample<unknown>[];
  readonly uniqueBy: string | undefined;
  /** Whether {@link problems} can find any. */
  readonly hasProblems: boolean;
  /** What the schema cannot say about the parameters of a spec; none where the policy does not use the rule. */
  problems(spec: Spec): readonly ParameterProblem[];
  /** What the parameters of a spec ask for: done once, when the policy is loaded. */
  bind(spec: Spec): BoundRule;
}

const NOTHING: BoundRule = Object.freeze({
  checks: Object.freeze([]),
  fillIns: Object.freeze([]),
  objectFillIns: Object.freeze([]),
});

/** Makes a rule of its definition: what stands under its key in a policy's spec is bound to its checks and fill-ins. */
export function defineRule<const Key extends string, P>(
  definition: RuleDefinition<Key, P>,
): Rule<{ readonly [K in Key]?: P } & SpecAround> & { readonly key: Key; readonly parameters: SchemaFor<P> } {
  const {
    key,
    parameters,
    uniqueBy,
    problems,
    notes = [],
    checks = [],
    fillIns = [],
    objectFillIns = [],
    examples = [],
  } = definition;
  return {
    key,
    parameters,
    notes,
    checks,
    fillIns,
    objectFillIns,
    examples,
    uniqueBy,
    hasProblems: problems !== undefined,
    problems(spec) {
      const given = spec[key];
      return given === undefined || problems === undefined ? [] : problems(given, spec);
    },
    bind(spec) {
      const given = spec[key];
      return given === undefined
        ? NOTHING
        : {
            checks: bindChecks(checks, given, spec),
            fillIns: bindFillIns(fillIns, given),
            objectFillIns: bindObjectFillIns(objectFillIns, given),
          };
    },
  };
}

function bindChecks<P>(checks: readonly RuleCheck<P>[], parameters: P, around: SpecAround): readonly BoundCheck[] {
  return checks.flatMap(({ id, fix, describe, platform, repeats, compile, action, parts, needs, connects, binds }) => {
    const found = compile(parameters, around);
    if (found === undefined) return [];
    const check = platform === 'linux' ? checkOnLinux(found) : found;
    return [
      {
        id,
        fix,
        check,
        describe,
        repeats,
        action: action?.(parameters),
        part: parts?.of,
        ids: parts ? parts.names(parameters).map((name) => checkPart(id, name)) : [id],
        needs: needs?.(parameters, around),
        connects: connects ?? false,
        expressions: found.expressions ?? [],
        binds: binds ?? false,
      },
    ];
  });
}

function bindFillIns<P>(fillIns: readonly FillIn<P>[], parameters: P): readonly BoundFillIn[] {
  return fillIns.flatMap(({ id, sets, after = [], ahead = false, satisfies, platform, compile }) => {
    const fill = compile(parameters);
    return fill ? [{ id, sets, after, ahead, satisfies, fill: platform === 'linux' ? fillOnLinux(fill) : fill }] : [];
  });
}

function bindObjectFillIns<P>(fillIns: readonly ObjectFillIn<P>[], parameters: P): readonly BoundObjectFillIn[] {
  return fillIns.flatMap(({ id, compile }) => {
    const fill = compile(parameters);
    return fill ? [{ id, fill }] : [];
  });
}

function checkOnLinux(check: CheckPod): CheckPod {
  return (pod, request) => (runsOnWindows(pod.spec) ? undefined : check(pod, request));
}

function fillOnLinux(fill: Fill): Fill {
  return (template, scope, notes) => {
    if (!runsOnWindows(template.spec)) return fill(template, scope, notes);
    if (!isGiven(template.spec?.os?.name)) notes.warn(SELECTS_WINDOWS);
    return template;
  };
}
