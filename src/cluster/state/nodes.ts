// The nodes there are. Followed only where a policy asks which RuntimeClasses they can run.
import { type NodeFacts, nodeOf } from '../../kubernetes/node.ts';
import { type JsonObject, sameJson } from '../../model/json.ts';
import { type Listing, nameOf, type Sink } from '../watch/sink.ts';

/** Where the watch of nodes brings them. Their status changes all the time, and seldom in what is kept here. */
export class Nodes implements Sink {
  #nodes = new Map<string, NodeFacts>();
  #isKnown = false;
  readonly #onChange: () => void;

  /** `onChange` is called whenever a node came, went, or changed in what is kept. */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  get count(): number {
    return this.#nodes.size;
  }

  /** All nodes; undefined while it is not known which there are. */
  all(): Iterable<NodeFacts> | undefined {
    return this.#isKnown ? this.#nodes.values() : undefined;
  }

  begin(): Listing {
    const next = new Map<string, NodeFacts>();
    return {
      add: (object) => {
        const node = nodeOf(object);
        if (node) next.set(node.name, node);
      },
      commit: () => {
        this.#nodes = next;
        this.#isKnown = true;
        this.#onChange();
      },
    };
  }

  put(object: JsonObject): void {
    const node = nodeOf(object);
    if (!node || sameJson(node, this.#nodes.get(node.name))) return;
    this.#nodes.set(node.name, node);
    this.#onChange();
  }

  remove(object: JsonObject): void {
    const name = nameOf(object);
    if (name !== undefined && this.#nodes.delete(name)) this.#onChange();
  }
}
