// Writes what became of each object of one kind into its status. Every replica does, without a leader: each waits for a
// random time, looks again, and finds most of the time that another was faster. A write names the resourceVersion it was made
// from, so that it can never undo what it has not seen. Reviews do not wait for any of this.
import { isJsonObject, type JsonObject, ownField } from '../model/json.ts';
import type { OwnKind } from '../resources/kind.ts';
import { type AcceptedVersion, LAST_ACCEPTED } from '../resources/last-accepted.ts';
import type { StoredObject, Verdict } from '../resources/snapshot.ts';
import { statusFor, uninstalledAt } from '../resources/status.ts';
import { reasonOf } from './api/api-error.ts';
import type { ApiClient } from './api/client.ts';
import type { StatusOutcome } from './outcomes.ts';
import { isConflict, versionOf, writeStatus } from './write-status.ts';

export interface StatusTiming {
  /** The first write waits for up to this, at random. */
  readonly spreadMs: number;
  /** Writes that repeat the same message wait twice as long each time, from this on... */
  readonly againMs: number;
  /** ...up to this. It also slows down two replicas that disagree, such as two releases during an upgrade. */
  readonly mostMs: number;
  readonly timeoutMs: number;
  /** What was said at an uninstall stands for this long. Where we are still there by then, it did not come to it. */
  readonly uninstallMs: number;
}

export const STATUS_TIMING: StatusTiming = {
  spreadMs: 1000,
  againMs: 2000,
  mostMs: 300_000,
  timeoutMs: 5000,
  uninstallMs: 30_000,
};

export interface StatusWriterOptions {
  readonly client: ApiClient;
  readonly kind: OwnKind;
  /** What is to be said of an object now, by its key; undefined where there is nothing to say. */
  readonly verdictOn: (key: string) => Verdict | undefined;
  /** The object as it was last seen. */
  readonly object: (key: string) => StoredObject | undefined;
  /** The last version of an object that was accepted, by its uid; undefined where none is to be kept. */
  readonly lastAccepted?: (uid: string) => AcceptedVersion | undefined;
  readonly onOutcome: (outcome: StatusOutcome, key: string, problem?: string) => void;
  /** A bug of ours. */
  readonly onFault: (fault: unknown) => void;
  readonly timing?: Partial<StatusTiming> | undefined;
}

/** How often the same message was written, or tried to be. */
interface History {
  readonly uid: string;
  readonly generation: number;
  /** It can change without the object: with the classes that a policy lists, and the RuntimeClass it names. */
  readonly message: string;
  attempts: number;
}

/** Writes the status of the objects of one kind. */
export class StatusWriter {
  readonly #options: StatusWriterOptions;
  readonly #timing: StatusTiming;
  readonly #due = new Map<string, number>();
  readonly #histories = new Map<string, History>();
  readonly #stop = new AbortController();
  readonly #startedAt = Date.now();
  #timer: NodeJS.Timeout | undefined;
  #writing = false;
  /** False once a status came back without the version in it: the definition of the kind is of a release that had no such field. */
  #keepsVersions = true;

  constructor(options: StatusWriterOptions) {
    this.#options = options;
    this.#timing = { ...STATUS_TIMING, ...options.timing };
  }

  /** Writes the status of this object, soon, if it does not say by then what it should. */
  consider(key: string): void {
    if (this.#stop.signal.aborted || !this.#wanted(key)) return;
    const former = this.#histories.get(key);
    const history = this.#historyOf(key);
    // A new message does not wait for as long as one that was repeated.
    if (this.#due.has(key) && history === former) return;
    this.#due.set(key, performance.now() + this.#heldMs(key) + this.#delayMs(history.attempts));
    this.#wake();
  }

  /** The object with this key is gone. */
  forget(key: string): void {
    this.#due.delete(key);
    this.#histories.delete(key);
  }

  stop(): void {
    this.#stop.abort();
    clearTimeout(this.#timer);
    this.#due.clear();
  }

  #delayMs(attempts: number): number {
    const { spreadMs, againMs, mostMs } = this.#timing;
    if (attempts === 0) return Math.random() * spreadMs;
    return Math.min(mostMs, againMs * 2 ** (attempts - 1)) * (0.5 + Math.random() / 2);
  }

  #historyOf(key: string): History {
    const object = this.#options.object(key);
    const uid = object?.uid ?? '';
    const generation = object?.generation ?? 0;
    const message = this.#options.verdictOn(key)?.message ?? '';
    let history = this.#histories.get(key);
    if (history?.uid !== uid || history.message !== message || !Object.is(history.generation, generation)) {
      history = { uid, generation, message, attempts: 0 };
      this.#histories.set(key, history);
    }
    return history;
  }

  /** The patch that would say what is to be said; undefined where the object already does. */
  #wanted(key: string): JsonObject | undefined {
    const object = this.#options.object(key);
    const verdict = this.#options.verdictOn(key);
    if (!object || !verdict || verdict.uid !== object.uid) return undefined;
    try {
      const version = this.#keepsVersions ? this.#options.lastAccepted?.(object.uid) : undefined;
      const status = statusFor(verdict, object.status, new Date().toISOString(), version);
      return status && { metadata: { resourceVersion: versionOf(object) }, status };
    } catch (fault) {
      this.#options.onFault(fault);
      return undefined;
    }
  }

  #wake(): void {
    if (this.#writing) return;
    clearTimeout(this.#timer);
    const next = Math.min(...this.#due.values());
    if (next === Number.POSITIVE_INFINITY) return;
    this.#timer = setTimeout(() => void this.#writeDue(), Math.max(0, next - performance.now()));
  }

  /** For how long what it says is left alone: an uninstall is under way, and began after we did. */
  #heldMs(key: string): number {
    const since = uninstalledAt(this.#options.object(key)?.status);
    if (since === undefined || since < this.#startedAt) return 0;
    const { uninstallMs } = this.#timing;
    return Math.min(uninstallMs, Math.max(0, since + uninstallMs - Date.now()));
  }

  /** One request at a time, also where a thousand objects are due. Never rejects. */
  async #writeDue(): Promise<void> {
    this.#writing = true;
    const now = performance.now();
    for (const [key, due] of this.#due) {
      if (this.#stop.signal.aborted) return;
      if (due > now) continue;
      this.#due.delete(key);
      await this.#write(key);
    }
    this.#writing = false;
    this.#wake();
  }

  async #write(key: string): Promise<void> {
    const { client, kind, onOutcome } = this.#options;
    const { timeoutMs } = this.#timing;
    // Since it became due, somebody may have said that Sandgate is being uninstalled.
    if (this.#heldMs(key) > 0) {
      this.consider(key);
      return;
    }
    const patch = this.#wanted(key);
    if (!patch) return;
    this.#historyOf(key).attempts++;
    try {
      const written = await writeStatus({ client, kind, key, patch, timeoutMs, signal: this.#stop.signal });
      if (isKept(patch) && !isKept(written)) this.#keepsVersions = false;
      onOutcome('written', key);
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      if (isConflict(error)) {
        // The watch brings the newer object, and then it is considered again.
        onOutcome('conflict', key);
        return;
      }
      onOutcome('failed', key, reasonOf(error));
      this.consider(key);
    }
  }
}

/** True where the status of an object, or of a patch of one, has a version in it. */
function isKept(object: unknown): boolean {
  return isJsonObject(ownField(ownField(object, 'status'), LAST_ACCEPTED));
}
