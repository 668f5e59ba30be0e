// What rules may ask about the cluster, beside the pod. It is looked up or followed before: nothing here does I/O.
import type { RuntimeClass } from '../kubernetes/runtime-class.ts';

/** What is known of a cluster, from a live watch or from files. Where nothing is known, nothing is guessed. */
export interface ClusterFacts {
  /** The RuntimeClass of that name; `missing` where there is none; undefined where it is not known which there are. */
  runtimeClass(name: string): RuntimeClass | 'missing' | undefined;
}

/** Nothing is known. */
export const NOTHING_KNOWN: ClusterFacts = Object.freeze({ runtimeClass: () => undefined });
