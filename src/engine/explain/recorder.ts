// Remembers what the engine tells while it decides on one object.
import type { PodTemplate } from '../../kubernetes/pod.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Trace, TracedTemplate } from '../trace.ts';
import type { Origin } from './origin.ts';

/** A change of a template or of an object, and whose it was. */
export interface Change<T> {
  readonly before: T;
  readonly after: T;
  readonly origin: Origin;
}

/** A trace that can be asked afterwards. */
export class Recorder implements Trace {
  readonly #changes: Change<PodTemplate>[] = [];
  readonly #around: Change<JsonObject>[] = [];
  readonly #judged: TracedTemplate[] = [];

  granted(capability: string, implementation: string, before: PodTemplate, after: PodTemplate): void {
    this.#changes.push({ before, after, origin: { from: 'capability', capability, implementation } });
  }

  copied(before: PodTemplate, after: PodTemplate): void {
    this.#changes.push({ before, after, origin: { from: 'object' } });
  }

  filled(policy: string, fillIn: string, before: PodTemplate, after: PodTemplate): void {
    this.#changes.push({ before, after, origin: { from: 'policy', policy, fillIn } });
  }

  filledAround(policy: string, fillIn: string, before: JsonObject, after: JsonObject): void {
    this.#around.push({ before, after, origin: { from: 'policy', policy, fillIn } });
  }

  judging(template: TracedTemplate): void {
    this.#judged.push(template);
  }

  /** The changes of the objects around templates. */
  get around(): readonly Change<JsonObject>[] {
    return this.#around;
  }

  /** How the template that stands in the object was judged; undefined where no policy judged it. */
  judgedAs(sent: unknown): TracedTemplate | undefined {
    return this.#judged.find((one) => one.sent === sent);
  }

  /** The changes that begin with one of these versions of a template, each followed by those that go on from it. */
  changesOf(versions: readonly unknown[]): readonly Change<PodTemplate>[] {
    const found: Change<PodTemplate>[] = [];
    for (const change of this.#changes) {
      if (versions.includes(change.before) || found.at(-1)?.after === change.before) found.push(change);
    }
    return found;
  }
}
