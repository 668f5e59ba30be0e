// What the engine tells of its work to somebody who explains a decision. No review has a trace: each place that tells one something
// does so only where something has changed, and asks first whether there is one.
import type { PodTemplate } from '../kubernetes/pod.ts';
import type { JsonObject } from '../model/json.ts';
import type { Policy } from '../policy/policy.ts';
import type { Grants } from './grants/grants.ts';

/** Told what happens to an object, in the order in which it happens. */
export interface Trace {
  /** A class was merged into a template. */
  granted(capability: string, implementation: string, before: PodTemplate, after: PodTemplate): void;
  /** What the object around a template says was copied into it. */
  copied(before: PodTemplate, after: PodTemplate): void;
  /** A fill-in of a policy has changed a template. */
  filled(policy: string, fillIn: string, before: PodTemplate, after: PodTemplate): void;
  /** A fill-in of a policy has changed the object around the templates. */
  filledAround(policy: string, fillIn: string, before: JsonObject, after: JsonObject): void;
  /** A template is about to be judged. */
  judging(template: TracedTemplate): void;
}

/** A template as it is judged. */
export interface TracedTemplate {
  /** As it stands in the object. */
  readonly sent: PodTemplate;
  /** As it is judged: of a kind that is left as written the pod that will come of it. */
  readonly judged: PodTemplate;
  readonly policies: readonly Policy[];
  /** What came of the classes that it asks for; undefined where it asks for none. */
  readonly grants: Grants | undefined;
}
