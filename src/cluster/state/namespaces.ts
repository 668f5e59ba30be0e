// The labels of every namespace, as the watch has them.

import { labelsOfNamespaceObject } from '../../kubernetes/namespace.ts';
import type { StringMap } from '../../kubernetes/pod.ts';
import { type JsonObject, sameJson } from '../../model/json.ts';
import { type Listing, nameOf, type Sink } from '../watch/sink.ts';

/** Where the watch of namespaces brings them. */
export class Namespaces implements Sink {
  readonly #onSeen: (namespace: string) => void;
  #labels = new Map<string, StringMap>();

  /** `onSeen` is told of every namespace that the watch brings, or takes away. */
  constructor(onSeen: (namespace: string) => void = () => {}) {
    this.#onSeen = onSeen;
  }

  get count(): number {
    return this.#labels.size;
  }

  /** Undefined for a namespace that is not known. While nothing changes it is the same object: things are kept by it. */
  labelsOf(namespace: string): StringMap | undefined {
    return this.#labels.get(namespace);
  }

  begin(): Listing {
    const next = new Map<string, StringMap>();
    return {
      add: (object) => this.#read(object, next),
      commit: () => {
        this.#labels = next;
        for (const name of next.keys()) this.#onSeen(name);
      },
    };
  }

  put(object: JsonObject): void {
    this.#read(object, this.#labels);
    const name = nameOf(object);
    if (name !== undefined) this.#onSeen(name);
  }

  remove(object: JsonObject): void {
    const name = nameOf(object);
    if (name === undefined) return;
    this.#labels.delete(name);
    this.#onSeen(name);
  }

  #read(object: JsonObject, into: Map<string, StringMap>): void {
    const name = nameOf(object);
    if (name === undefined) return;
    const labels = labelsOfNamespaceObject(name, object);
    const known = this.#labels.get(name);
    into.set(name, known && sameJson(known, labels) ? known : labels);
  }
}
