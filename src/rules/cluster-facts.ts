// What rules may ask about the cluster, beside the pod. It is looked up or followed before: nothing here does I/O.
import { canRun, type NodeFacts } from '../kubernetes/node.ts';
import type { RuntimeClass } from '../kubernetes/runtime-class.ts';

/** What is known of a cluster, from a live watch or from files. Where nothing is known, nothing is guessed. */
export interface ClusterFacts {
  /** The RuntimeClass of that name; `missing` where there is none; undefined where it is not known which there are. */
  runtimeClass(name: string): RuntimeClass | 'missing' | undefined;
  /** Whether some node can run pods of the RuntimeClass; undefined where the class or the nodes are not known. */
  hasNodeFor(name: string): boolean | undefined;
}

/** Nothing is known. */
export const NOTHING_KNOWN: ClusterFacts = Object.freeze({
  runtimeClass: () => undefined,
  hasNodeFor: () => undefined,
});

/** Facts about RuntimeClasses and nodes that are kept up to date elsewhere. */
export class RuntimeFacts implements ClusterFacts {
  readonly #find: (name: string) => RuntimeClass | 'missing' | undefined;
  readonly #nodes: () => Iterable<NodeFacts> | undefined;
  /** Answers by class: there can be thousands of nodes, and few classes. */
  readonly #answers = new Map<string, boolean>();

  constructor(
    find: (name: string) => RuntimeClass | 'missing' | undefined,
    nodes: () => Iterable<NodeFacts> | undefined,
  ) {
    this.#find = find;
    this.#nodes = nodes;
  }

  runtimeClass(name: string): RuntimeClass | 'missing' | undefined {
    return this.#find(name);
  }

  hasNodeFor(name: string): boolean | undefined {
    const found = this.#find(name);
    // Of a class that does not exist something else is to be said.
    if (typeof found !== 'object') return undefined;
    const known = this.#answers.get(name);
    if (known !== undefined) return known;
    const nodes = this.#nodes();
    if (!nodes) return undefined;
    let answer = false;
    for (const node of nodes) answer ||= canRun(node, found);
    this.#answers.set(name, answer);
    return answer;
  }

  /** False while it is not known which nodes there are. */
  get knowsNodes(): boolean {
    return this.#nodes() !== undefined;
  }

  /** To be called when a class or a node has changed. */
  forget(): void {
    this.#answers.clear();
  }
}
