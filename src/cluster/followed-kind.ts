// One of our own kinds while a cluster is followed: what became of its objects, what they refer to, and their status.
import { namesInKey, type OwnKind, type References } from '../resources/kind.ts';
import type { Records } from '../resources/records.ts';
import { objectsOf, type Snapshot, type StoredObject, unresolvedIn, type Verdict } from '../resources/snapshot.ts';
import type { ApiClient } from './api/client.ts';
import type { ClusterEvents } from './cluster.ts';
import type { StoredObjects } from './state/stored-objects.ts';
import { type StatusTiming, StatusWriter, type StatusWriterOptions } from './status-writer.ts';
import { Verdicts } from './verdicts.ts';
import { withdrawStatuses } from './withdraw-statuses.ts';
import type { Withdrawn } from './withdrawal.ts';

export interface FollowedKindOptions {
  readonly kind: OwnKind;
  readonly objects: StoredObjects;
  readonly client: ApiClient;
  /** Whom to tell; undefined until the cluster is started. */
  readonly events: () => ClusterEvents | undefined;
  /** What is said in the status beside the verdict of the snapshot. */
  readonly addTo: (verdict: Verdict, object: StoredObject | undefined) => Verdict;
  readonly statusTiming?: Partial<StatusTiming> | undefined;
}

/** Follows the objects of one kind; told of each new snapshot. */
export class FollowedKind {
  readonly kind: OwnKind;
  readonly #events: FollowedKindOptions['events'];
  readonly #status: StatusWriter;
  readonly #written: StatusWriterOptions;
  readonly #verdicts: Verdicts;
  #records: Records = new Map();
  /** What was told of references that do not resolve, by key. */
  readonly #unresolved = new Map<References<unknown>, ReadonlyMap<string, string>>();

  constructor({ kind, objects, client, events, addTo, statusTiming }: FollowedKindOptions) {
    this.kind = kind;
    this.#events = events;
    this.#verdicts = new Verdicts({
      onNews: (verdict) => events()?.onVerdict(kind, verdict),
      onGone: (key) => this.#status.forget(key),
    });
    this.#written = {
      client,
      kind,
      object: (key) => objects.get(key),
      verdictOn: (key) => {
        const verdict = this.#verdicts.get(key);
        return verdict && addTo(verdict, objects.get(key));
      },
      ...(kind.keepsLastAccepted && { lastAccepted: (uid) => this.#records.get(uid)?.inForce?.version }),
      onOutcome: (outcome, key, problem) => events()?.onStatus(outcome, kind, namesInKey(key), problem),
      onFault: (fault) => events()?.onFault(fault),
      timing: statusTiming,
    };
    this.#status = new StatusWriter(this.#written);
  }

  /** How many objects are not in force as written. */
  get refused(): number {
    return this.#verdicts.refused;
  }

  /** Takes in what became of the objects. */
  use(snapshot: Snapshot): void {
    const { records, verdicts } = objectsOf(snapshot, this.kind);
    this.#records = records;
    this.#verdicts.replace(verdicts);
  }

  /** Says which references do not resolve now and did before. */
  checkReferences(snapshot: Snapshot): void {
    for (const references of this.kind.references) {
      if (references.logMessage === undefined) continue;
      const unresolved = unresolvedIn(snapshot, this.kind, references);
      const before = this.#unresolved.get(references);
      for (const [key, problem] of unresolved) {
        if (before?.get(key) === problem) continue;
        this.#events()?.onUnresolved(this.kind, namesInKey(key), problem, references);
      }
      this.#unresolved.set(references, unresolved);
    }
  }

  /** Has the status of one object written, if it does not say what it should. */
  considerStatus(key: string): void {
    this.#status.consider(key);
  }

  /** The same for every object. */
  considerStatuses(): void {
    for (const key of this.#verdicts.keys) this.#status.consider(key);
  }

  /** Has every object say that Sandgate is being uninstalled. */
  withdraw(signal: AbortSignal): Promise<Withdrawn> {
    return withdrawStatuses(this.#written, this.#verdicts.keys, signal);
  }

  stop(): void {
    this.#status.stop();
  }
}
