// The names of the RuntimeClasses there are.
import type { JsonObject } from '../../model/json.ts';
import { type Listing, nameOf, type Sink } from '../watch/sink.ts';

/** Where the watch of RuntimeClasses brings them. */
export class RuntimeClasses implements Sink {
  #names = new Set<string>();
  #isKnown = false;
  readonly #onChange: () => void;

  /** `onChange` is called whenever a name came or went. */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  get count(): number {
    return this.#names.size;
  }

  /** False as well while it is not known which there are. */
  isMissing(name: string): boolean {
    return this.#isKnown && !this.#names.has(name);
  }

  begin(): Listing {
    const next = new Set<string>();
    return {
      add: (object) => {
        const name = nameOf(object);
        if (name !== undefined) next.add(name);
      },
      commit: () => {
        this.#names = next;
        this.#isKnown = true;
        this.#onChange();
      },
    };
  }

  put(object: JsonObject): void {
    const name = nameOf(object);
    if (name === undefined || this.#names.has(name)) return;
    this.#names.add(name);
    this.#onChange();
  }

  remove(object: JsonObject): void {
    const name = nameOf(object);
    if (name !== undefined && this.#names.delete(name)) this.#onChange();
  }
}
