// The RuntimeClasses there are.
import { type RuntimeClass, runtimeClassOf } from '../../kubernetes/runtime-class.ts';
import { type JsonObject, sameJson } from '../../model/json.ts';
import { type Listing, nameOf, type Sink } from '../watch/sink.ts';

/** Where the watch of RuntimeClasses brings them. */
export class RuntimeClasses implements Sink {
  #classes: ReadonlyMap<string, RuntimeClass> = new Map();
  #isKnown = false;
  readonly #onChange: () => void;

  /** `onChange` is called whenever a class came, went or changed. */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  get count(): number {
    return this.#classes.size;
  }

  /** False as well while it is not known which there are. */
  isMissing(name: string): boolean {
    return this.#isKnown && !this.#classes.has(name);
  }

  /** The class; undefined while it is not known which there are. */
  find(name: string): RuntimeClass | 'missing' | undefined {
    return this.#isKnown ? (this.#classes.get(name) ?? 'missing') : undefined;
  }

  begin(): Listing {
    const next = new Map<string, RuntimeClass>();
    return {
      add: (object) => {
        const found = runtimeClassOf(object);
        if (found) next.set(found.name, found);
      },
      commit: () => {
        this.#classes = next;
        this.#isKnown = true;
        this.#onChange();
      },
    };
  }

  put(object: JsonObject): void {
    const found = runtimeClassOf(object);
    if (!found || sameJson(found, this.#classes.get(found.name))) return;
    this.#classes = new Map(this.#classes).set(found.name, found);
    this.#onChange();
  }

  remove(object: JsonObject): void {
    const name = nameOf(object);
    if (name === undefined || !this.#classes.has(name)) return;
    const left = new Map(this.#classes);
    left.delete(name);
    this.#classes = left;
    this.#onChange();
  }
}
