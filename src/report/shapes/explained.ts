// What `explain` has to say: of a name, or of objects.
import type { ExplainedObject } from '../../engine/explain/object.ts';
import type { ExplainedUpdate } from '../../engine/explain/update.ts';
import type { Result } from './result.ts';

/** A key of a policy, or of the parameters of a rule. */
export interface ExplainedKey {
  /** `spec.identity.images[].runAsUser`. */
  readonly path: string;
  /** The type of its value, or the words that it can be. */
  readonly type: string;
  readonly default?: unknown;
  readonly means: string;
}

/** A pod that a check or a fill-in is shown with. */
export interface ExplainedExample {
  /** What it is an example of: what passes, what is refused, what is filled in, or merely of parameters. */
  readonly shows: 'pass' | 'fail' | 'fill-in' | 'parameters';
  readonly name: string;
  /** What the policy says under the key of the rule. */
  readonly parameters?: unknown;
  /** The version of the Pod Security Standards that it is judged by; the newest where absent. */
  readonly version?: string;
  readonly pod: object;
  /** What a check says of it; absent where it lets the pod pass. */
  readonly says?: string;
  readonly paths?: readonly string[];
  /** What a fill-in makes of it; absent where nothing changes. */
  readonly after?: object;
}

/** What one name stands for. Several things can have one name: `identity` is a rule and a fill-in. */
export interface ExplainedName {
  readonly kind: 'check' | 'rule' | 'fill-in' | 'key';
  readonly name: string;
  /** What it asks or does, in one sentence. */
  readonly says: string;
  /** Why, and the details, as Markdown. */
  readonly why?: string;
  /** Where it comes from, in words. */
  readonly source: string;
  /** The key of `spec` that it belongs to; absent for checks of the Pod Security Standards and of the engine. */
  readonly rule?: string;
  /** How to fix what the check refuses. */
  readonly fix?: string;
  /** What the fill-in sets. */
  readonly sets?: readonly string[];
  readonly keys?: readonly ExplainedKey[];
  readonly checks?: readonly ExplainedMember[];
  readonly fillIns?: readonly ExplainedMember[];
  readonly examples?: readonly ExplainedExample[];
}

/** A check or a fill-in of a rule. */
export interface ExplainedMember {
  readonly name: string;
  readonly says: string;
}

/** An object, its verdict, and what explains it. */
export interface ExplainedResult {
  readonly result: Result;
  readonly explained: ExplainedObject;
  /** What the request does: CREATE, UPDATE, or CONNECT in a recorded review. */
  readonly operation: string;
  /** Of an update which findings the stored object had before. */
  readonly update?: ExplainedUpdate;
}

/** What `explain` prints. */
export type Explained = { readonly names: readonly ExplainedName[] } | { readonly objects: readonly ExplainedResult[] };
