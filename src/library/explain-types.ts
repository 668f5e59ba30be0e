// What `explain` and `explainName` return: the fields are those of `sandgate explain -o json`, which docs/explain.md describes. Field
// names are stable; fields may be added.
import type { CheckReport, CheckResult, Finding, Options, Problem, SourceFile } from './types.ts';

/** How objects are explained. */
export interface ExplainOptions extends Options {
  /** What the objects replace: each with one of its kind and name here is judged as an update. */
  readonly old?: readonly SourceFile[];
}

/** Where a value of a pod comes from. */
export interface ExplainedValue {
  /** In the object, with the indices that lists have in the pod as it is judged. */
  readonly path: string;
  readonly container?: string;
  /** The name of an entry of a list, where the whole entry comes from one place. */
  readonly name?: string;
  readonly value?: unknown;
  /** `kubernetes` where nobody sets it; `object` where it was taken over from the object around the pod template. */
  readonly from: 'manifest' | 'object' | 'policy' | 'capability' | 'kubernetes';
  readonly policy?: string;
  readonly fillIn?: string;
  /** The rows of the policy's table of images that decided; without `row` what the policy says beside them. */
  readonly images?: readonly {
    readonly container: string;
    readonly row?: Readonly<Record<string, unknown>>;
  }[];
  readonly capability?: string;
  readonly implementation?: string;
  /** What was written before. */
  readonly replaced?: unknown;
  /** What the absence of the field means. */
  readonly means?: string;
}

/** What there is to say of one pod template of an object. */
export interface ExplainedTemplate {
  /** Where it stands; empty for a Pod. */
  readonly path: string;
  /** All policies, in order of priority. */
  readonly policies: readonly {
    readonly policy: string;
    readonly origin: string;
    readonly priority: number;
    readonly matches: boolean;
    /** Why it does not match; where it does, what was taken to hold. */
    readonly reasons: readonly { readonly by: string; readonly text: string }[];
  }[];
  /** The capability classes that it is granted. */
  readonly capabilities: readonly {
    readonly capability: string;
    readonly implementation: string;
    readonly policies: readonly string[];
  }[];
  readonly values: readonly ExplainedValue[];
  /** Absent where it does not have the shape of a pod template. */
  readonly podSecurity?: {
    /** The strictest level that the pod meets. */
    readonly level: 'privileged' | 'baseline' | 'restricted';
    readonly version: string;
    /** What keeps it from the others. */
    readonly missed: readonly {
      readonly level: 'privileged' | 'baseline' | 'restricted';
      readonly check: string;
      readonly reason: string;
      readonly detail: string;
      readonly fix: string;
      readonly paths: readonly string[];
    }[];
  };
  /** Those from checks that have found something. */
  readonly exceptions: readonly {
    readonly policy: string;
    readonly check: string;
    readonly name?: string;
    readonly reason: string;
    readonly expires?: string;
    /** How many fields it lets in. */
    readonly covers: number;
    /** Why it lets in nothing. */
    readonly unused?: string;
  }[];
}

/** One field that a finding is about. */
export interface ExplainedFinding extends Omit<Finding, 'place'> {
  /** Of an update: whether the object before has the same there. */
  readonly before?: boolean;
  /** Where the policy would refuse it, and lets it through since it was there before. */
  readonly excused?: true;
}

/** The verdict on one object, and why it is that. */
export interface ExplainedObject
  extends Pick<CheckResult, 'source' | 'object' | 'verdict' | 'deniedAt' | 'skipReason' | 'warnings'> {
  /** CREATE, or UPDATE where it replaces something. */
  readonly operation: string;
  readonly templates: readonly ExplainedTemplate[];
  /** What was filled in around the pod templates. */
  readonly filledInAround: readonly ExplainedValue[];
  readonly findings: readonly ExplainedFinding[];
  /** Of an update: what was found in the object before, and is not any more. */
  readonly resolved?: readonly Omit<Finding, 'place'>[];
  /** What would have to change for it to be let in. */
  readonly changes: readonly {
    readonly check: string;
    readonly policy: string;
    readonly paths: readonly string[];
    readonly fix: string;
  }[];
}

/** All objects, explained. */
export interface ExplainReport {
  readonly objects: readonly ExplainedObject[];
  readonly summary: CheckReport['summary'];
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
}

/** A key of an IsolationPolicy. */
export interface ExplainedKey {
  readonly path: string;
  readonly type: string;
  readonly default?: unknown;
  readonly means: string;
}

/** What a name stands for. Several things can have one name. */
export interface ExplainedName {
  readonly kind: 'check' | 'rule' | 'fill-in' | 'key';
  readonly name: string;
  /** What it asks or does. */
  readonly says: string;
  /** Why, as Markdown. */
  readonly why?: string;
  readonly source: string;
  /** The key of `spec` that it belongs to. */
  readonly rule?: string;
  readonly fix?: string;
  /** The fields that a fill-in sets. */
  readonly sets?: readonly string[];
  readonly keys?: readonly ExplainedKey[];
  readonly checks?: readonly { readonly name: string; readonly says: string }[];
  readonly fillIns?: readonly { readonly name: string; readonly says: string }[];
  readonly examples?: readonly {
    readonly shows: 'pass' | 'fail' | 'fill-in' | 'parameters';
    readonly name: string;
    readonly parameters?: unknown;
    readonly version?: string;
    readonly pod: object;
    readonly says?: string;
    readonly paths?: readonly string[];
    readonly after?: object;
  }[];
}

/** What a name stands for, or that it stands for nothing, and what was probably meant. */
export type NameExplanation =
  | { readonly ok: true; readonly names: readonly ExplainedName[] }
  | { readonly ok: false; readonly message: string };
