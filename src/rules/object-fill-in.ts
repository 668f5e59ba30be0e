// A fill-in of the object around a pod template: of kinds whose templates are left as written, since their pods are filled in.
import type { JsonObject } from '../model/json.ts';
import type { Platform } from './platform.ts';

/** Returns the object with the missing fields set, copied only along the changed path; the same reference where nothing was missing. */
export type FillObject = (object: JsonObject, kind: string) => JsonObject;

/** What filling in as the parameters say makes of `before`; where `after` is absent, nothing changes. */
export interface ObjectFillInExample<P> {
  readonly name: string;
  readonly parameters: P;
  readonly kind: string;
  readonly before: JsonObject;
  readonly after?: JsonObject;
}

/** What there is to know of it without the parameters of a policy. */
export interface ObjectFillInInfo {
  /** The name of its file, and what logs and metrics call it. */
  readonly id: string;
  /** One sentence for the docs. */
  readonly title: string;
  /** The fields it can set, as paths in the object. */
  readonly sets: readonly string[];
  /** The kinds it is for. Their rows in src/workloads say `fillInAround`. */
  readonly kinds: readonly string[];
  readonly platform: Platform;
  readonly examples: readonly ObjectFillInExample<unknown>[];
}

/** One of a rule with parameters of type `P`. */
export interface ObjectFillIn<P> extends ObjectFillInInfo {
  /** What the parameters ask for, made once when the policy is loaded; undefined where they do not ask for it. */
  readonly compile: (parameters: P) => FillObject | undefined;
  readonly examples: readonly ObjectFillInExample<P>[];
}

/** One bound to the parameters of one policy. */
export interface BoundObjectFillIn {
  readonly id: string;
  readonly fill: FillObject;
}
