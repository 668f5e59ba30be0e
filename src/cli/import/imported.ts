// What comes of importing other people's rules: policies, and a list of what is not in them, or not as it was.
import type { Place } from '../../manifests/source.ts';
import type { JsonObject } from '../../model/json.ts';

/**
 * What it means that something is not carried over as it was. `laxer`: something is let in that was refused before, or is no longer
 * filled in. `stricter`: something is refused that was let in before. `none`: no pod is judged otherwise.
 */
export type Effect = 'laxer' | 'stricter' | 'none';

/** Something that was not carried over, or not as it was. */
export interface LeftOut {
  readonly place: Place;
  /** `ClusterPolicy restricted`; empty for a file that is not a Kubernetes object. */
  readonly object: string;
  /** `spec.rules[0].validate.pattern`; empty for the object as a whole. */
  readonly path: string;
  readonly why: string;
  readonly effect: Effect;
}

/** A policy that was made of something. */
export interface ImportedPolicy {
  /** What it is to be called; numbers are added where two have one name. */
  readonly name: string;
  /** Where it comes from, for the comment above it. */
  readonly from: Origin;
  /** More lines for that comment. */
  readonly notes: readonly string[];
  readonly spec: JsonObject;
}

/** Keys that lead to a part of an object. */
export type Keys = readonly (string | number)[];

/** Something that is imported, whose parts can be named and found. */
export interface Origin {
  /** `ClusterPolicy restricted`. */
  readonly title: string;
  locate(keys: Keys): Place;
}

/** Collects what an import comes to. */
export class Import {
  readonly policies: ImportedPolicy[] = [];
  readonly leftOut: LeftOut[] = [];

  add(from: Origin, name: string, spec: JsonObject, notes: readonly string[] = []): void {
    this.policies.push({ name, from, notes, spec });
  }

  leaveOut(origin: Origin, keys: Keys, why: string, effect: Effect): void {
    this.leftOut.push({ place: origin.locate(keys), object: origin.title, path: pathOf(keys), why, effect });
  }
}

/** `spec.rules[0].match`. */
export function pathOf(keys: Keys): string {
  return keys
    .map((key, index) => {
      if (typeof key === 'number') return `[${key}]`;
      return /^[\w-]+$/.test(key) ? `${index === 0 ? '' : '.'}${key}` : `[${JSON.stringify(key)}]`;
    })
    .join('');
}

/** What options of the command a source may use. */
export interface ImportOptions {
  /** The namespace that the policies are for; undefined for every one. */
  readonly namespace: string | undefined;
  /** What `~` stands for in paths. */
  readonly home: string | undefined;
}
