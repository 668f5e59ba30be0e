// The labels of every namespace, as the watch has them, and those annotations that policies read.

import { annotationsOfNamespaceObject, labelsOfNamespaceObject } from '../../kubernetes/namespace.ts';
import type { StringMap } from '../../kubernetes/pod.ts';
import { type JsonObject, sameJson } from '../../model/json.ts';
import { type Listing, nameOf, type Sink } from '../watch/sink.ts';

/** What is kept of namespaces, by name. */
interface Kept {
  readonly labels: Map<string, StringMap>;
  /** Empty while no annotation is kept. */
  readonly annotations: Map<string, StringMap>;
}

/** Where the watch of namespaces brings them. */
export class Namespaces implements Sink {
  readonly #onSeen: (namespace: string) => void;
  #kept: Kept = { labels: new Map(), annotations: new Map() };
  /** The keys of the annotations that are kept. A namespace can have a quarter of a megabyte of others. */
  #keys: ReadonlySet<string> = new Set();

  /** `onSeen` is told of every namespace that the watch brings, or takes away. */
  constructor(onSeen: (namespace: string) => void = () => {}) {
    this.#onSeen = onSeen;
  }

  get count(): number {
    return this.#kept.labels.size;
  }

  /** Undefined for a namespace that is not known. While nothing changes it is the same object: things are kept by it. */
  labelsOf(namespace: string): StringMap | undefined {
    return this.#kept.labels.get(namespace);
  }

  /** The annotations that are kept; undefined for a namespace of which they are not known. */
  annotationsOf(namespace: string): StringMap | undefined {
    return this.#kept.annotations.get(namespace);
  }

  /**
   * Which annotations to keep from now on.
   * @returns true where some of them were not kept before: they are known once the namespaces have been listed again
   */
  keepAnnotations(keys: ReadonlySet<string>): boolean {
    const isNew = !areAmong(keys, this.#keys);
    this.#keys = keys;
    if (isNew || keys.size === 0) this.#kept = { ...this.#kept, annotations: new Map() };
    return isNew;
  }

  begin(): Listing {
    const next: Kept = { labels: new Map(), annotations: new Map() };
    const keys = this.#keys;
    return {
      add: (object) => this.#read(object, next),
      commit: () => {
        // Those of a list that began before others were asked for would be incomplete.
        this.#kept = areAmong(this.#keys, keys) ? next : { ...next, annotations: new Map() };
        for (const name of next.labels.keys()) this.#onSeen(name);
      },
    };
  }

  put(object: JsonObject): void {
    this.#read(object, this.#kept);
    const name = nameOf(object);
    if (name !== undefined) this.#onSeen(name);
  }

  remove(object: JsonObject): void {
    const name = nameOf(object);
    if (name === undefined) return;
    this.#kept.labels.delete(name);
    this.#kept.annotations.delete(name);
    this.#onSeen(name);
  }

  #read(object: JsonObject, into: Kept): void {
    const name = nameOf(object);
    if (name === undefined) return;
    const labels = labelsOfNamespaceObject(name, object);
    const known = this.#kept.labels.get(name);
    into.labels.set(name, known && sameJson(known, labels) ? known : labels);
    if (this.#keys.size > 0) into.annotations.set(name, annotationsOfNamespaceObject(object, this.#keys));
  }
}

function areAmong(keys: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  for (const key of keys) if (!others.has(key)) return false;
  return true;
}
