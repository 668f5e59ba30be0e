// Events about what is refused, on the controller whose pods do not come or the namespace. Nobody waits for them: what cannot be told
// in time is counted and forgotten.
import { cutBytes, oneLine } from '../../model/one-line.ts';
import type { Denial } from '../../observe/denials.ts';
import { namesOf } from '../../resources/kind.ts';
import { ApiError, reasonOf } from '../api/api-error.ts';
import type { ApiClient } from '../api/client.ts';
import { type EventPlace, eventOf, eventsPath, MOST_MESSAGE_BYTES } from '../event.ts';
import { type Allowance, Budget } from './budget.ts';
import { placeOf } from './place.ts';
import { type DenialRecord, WaitingDenials } from './waiting-denials.ts';

/** How many refusals came to what. */
export type DenialOutcome = 'told' | 'dropped' | 'failed';
export const DENIAL_OUTCOMES: readonly DenialOutcome[] = ['told', 'dropped', 'failed'];

export interface DenialTiming {
  /** Refusals are gathered for so long before the first event. */
  readonly gatherMs: number;
  /** One event is written again at most this often, and what could not be written waits for so long. */
  readonly againMs: number;
  readonly timeoutMs: number;
  /** Requests for one namespace, whatever its tenants do: the API server keeps each event for an hour. */
  readonly ofNamespace: Allowance;
  /** Requests of this replica. */
  readonly inAll: Allowance;
}

export const DENIAL_TIMING: DenialTiming = {
  gatherMs: 500,
  againMs: 30_000,
  timeoutMs: 5000,
  ofNamespace: { burst: 10, everyMs: 10_000 },
  inAll: { burst: 50, everyMs: 500 },
};

/** Of so many namespaces it is known how much was written. */
const MOST_BUDGETS = 1000;

export interface DenialEventsListener {
  /** What became of so many refusals. */
  onOutcome(outcome: DenialOutcome, denials: number, problem?: string): void;
  /** A bug of ours. */
  onFault(fault: unknown): void;
}

/** Writes the events. Does nothing before it is started. */
export class DenialEvents {
  readonly #client: Pick<ApiClient, 'json'>;
  readonly #timing: DenialTiming;
  readonly #waiting = new WaitingDenials();
  readonly #budgets = new Map<string, Budget>();
  readonly #budget: Budget;
  readonly #stop = new AbortController();
  #listener: DenialEventsListener | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isWriting = false;

  constructor(client: Pick<ApiClient, 'json'>, timing: Partial<DenialTiming> = {}) {
    this.#client = client;
    this.#timing = { ...DENIAL_TIMING, ...timing };
    this.#budget = new Budget(this.#timing.inAll, performance.now());
  }

  start(listener: DenialEventsListener): void {
    this.#listener = listener;
  }

  /** Has a refusal told, soon or never. */
  denied(denial: Denial): void {
    const listener = this.#listener;
    const place = placeOf(denial.subject);
    if (!listener || this.#stop.signal.aborted || !place) return;
    const { message } = denial;
    if (!this.#waiting.add(place, denial, message)) listener.onOutcome('dropped', 1);
    else this.#wake();
  }

  stop(): void {
    this.#stop.abort();
    clearTimeout(this.#timer);
  }

  #wake(): void {
    if (this.#isWriting || this.#timer || this.#waiting.isEmpty || this.#stop.signal.aborted) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#writeDue();
    }, this.#timing.gatherMs).unref();
  }

  /** One request at a time. Never rejects. */
  async #writeDue(): Promise<void> {
    this.#isWriting = true;
    try {
      for (const record of this.#waiting.due()) {
        if (this.#stop.signal.aborted) return;
        if (this.#mayWrite(record)) await this.#write(record);
      }
    } catch (fault) {
      this.#listener?.onFault(fault);
    }
    this.#isWriting = false;
    this.#wake();
  }

  #mayWrite({ place: { namespace }, dueAt }: DenialRecord): boolean {
    const now = performance.now();
    if (dueAt > now) return false;
    let budget = this.#budgets.get(namespace);
    if (!budget) {
      this.#forgetBudgets(now);
      budget = new Budget(this.#timing.ofNamespace, now);
      this.#budgets.set(namespace, budget);
    }
    return budget.take(now) && this.#budget.take(now);
  }

  #forgetBudgets(now: number): void {
    if (this.#budgets.size < MOST_BUDGETS) return;
    for (const [namespace, budget] of this.#budgets) if (budget.isWhole(now)) this.#budgets.delete(namespace);
  }

  async #write(record: DenialRecord): Promise<void> {
    const denials = this.#waiting.take(record);
    record.dueAt = performance.now() + this.#timing.againMs;
    try {
      await this.#tell(record, denials);
      record.told += denials;
      this.#listener?.onOutcome('told', denials);
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#listener?.onOutcome('failed', denials, reasonOf(error));
    }
  }

  /** Counts on in the event that there is, or creates one where the API server has forgotten it. */
  async #tell(record: DenialRecord, denials: number): Promise<void> {
    const { place, eventName } = record;
    const message = messageOf(record.message);
    if (eventName !== undefined) {
      const patch = { count: record.told + denials, lastTimestamp: new Date().toISOString(), message };
      if (await this.#patch(place, eventName, patch)) return;
    }
    record.eventName = undefined;
    record.told = 0;
    if (eventName !== undefined) record.firstAt = new Date();
    const text = {
      type: 'Warning',
      reason: 'PolicyViolation',
      message,
      count: denials,
      since: record.firstAt,
    } as const;
    const event = eventOf(place, text);
    const created = await this.#send({ path: eventsPath(place), create: event });
    record.eventName = namesOf(created).name || undefined;
  }

  /** False where there is no such event any more. */
  async #patch(place: EventPlace, name: string, patch: object): Promise<boolean> {
    try {
      await this.#send({ path: `${eventsPath(place)}/${encodeURIComponent(name)}`, patch });
      return true;
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return false;
      throw error;
    }
  }

  #send(request: { path: string; create?: object; patch?: object }): Promise<unknown> {
    return this.#client.json({ ...request, timeoutMs: this.#timing.timeoutMs, signal: this.#stop.signal });
  }
}

function messageOf(text: string): string {
  return cutBytes(oneLine(text), MOST_MESSAGE_BYTES);
}
