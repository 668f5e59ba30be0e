// The running pod that a connection is for. The request carries no pod, so the API server is asked for it, each time: labels change, and
// a pod of yesterday may have been replaced by another of the same name. A bounded number is asked for at a time, for a bounded time;
// what is not known then is refused.
import type { Gate, PodAnswer } from '../engine/gate.ts';
import { isJsonObject, ownField, stringField } from '../model/json.ts';
import type { Subject } from '../model/subject.ts';
import { ApiError, reasonOf } from './api/api-error.ts';
import type { ApiClient } from './api/client.ts';
import type { LookupOutcome } from './outcomes.ts';

/** Well within the 5 s that the webhook is given. */
const TIMEOUT_MS = 2000;
/** Pods asked for at a time. */
const MOST_ASKED = 50;
const NOT_FOUND = 404;

/** Looks up single pods. */
export class PodLookup {
  readonly #client: ApiClient;
  readonly #onOutcome: (outcome: LookupOutcome, problem?: string) => void;
  #asked = 0;

  constructor(client: ApiClient, onOutcome: (outcome: LookupOutcome, problem?: string) => void) {
    this.#client = client;
    this.#onOutcome = onOutcome;
  }

  /** Never rejects, and takes no longer than {@link TIMEOUT_MS}. */
  async ask({ namespace, name = '' }: Pick<Subject, 'namespace' | 'name'>): Promise<PodAnswer> {
    if (name === '' || this.#asked >= MOST_ASKED) {
      this.#onOutcome('refused');
      return 'unknown';
    }
    this.#asked++;
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}`;
    try {
      const pod = await this.#client.json({ path, timeoutMs: TIMEOUT_MS, signal: AbortSignal.timeout(TIMEOUT_MS) });
      const metadata = ownField(pod, 'metadata');
      if (
        !isJsonObject(pod) ||
        stringField(metadata, 'name') !== name ||
        stringField(metadata, 'namespace') !== namespace
      )
        throw new ApiError('the answer is another object');
      this.#onOutcome('found');
      return { pod };
    } catch (error) {
      if (error instanceof ApiError && error.status === NOT_FOUND) {
        this.#onOutcome('absent');
        return 'absent';
      }
      this.#onOutcome('failed', reasonOf(error));
      return 'unknown';
    } finally {
      this.#asked--;
    }
  }
}

/** The gate with the answer about one pod. */
export function knowingPod(gate: Gate, asked: Pick<Subject, 'namespace' | 'name'>, answer: PodAnswer): Gate {
  const { surroundings } = gate;
  return {
    ...gate,
    surroundings: {
      ...surroundings,
      namespaceLabels: (namespace) => surroundings.namespaceLabels(namespace),
      namespaceAnnotations: (namespace) => surroundings.namespaceAnnotations?.(namespace),
      pod: (namespace, name) => (namespace === asked.namespace && name === asked.name ? answer : 'unknown'),
    },
  };
}
