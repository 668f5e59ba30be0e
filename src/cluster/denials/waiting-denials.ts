// Refusals that are still to be told, and the events that told of earlier ones. Bounded, whatever arrives: refusals of one kind at one
// place are one record with a count, and of one namespace only so many can wait that the others have room.
import type { Denial } from '../../observe/denials.ts';
import type { EventPlace } from '../event.ts';

/** Records, with and without something to tell. */
export const MOST_RECORDS = 500;
/** Records of one namespace with something to tell. */
export const MOST_OF_NAMESPACE = 20;
/** What tells refusals at one place apart: so many of their checks. */
const MOST_CHECKS = 20;

/** The refusals of one kind at one place. */
export interface DenialRecord {
  readonly place: EventPlace;
  /** How many are still to be told. */
  waiting: number;
  /** How many the event tells of. */
  told: number;
  /** What the last one was answered with. */
  message: string;
  firstAt: Date;
  /** The event, where there is one. */
  eventName: string | undefined;
  /** Not to be written before, as `performance.now()` has it. */
  dueAt: number;
}

/** The records, in the order in which they were last told of. */
export class WaitingDenials {
  readonly #records = new Map<string, DenialRecord>();
  /** How many records of a namespace have something to tell. */
  readonly #ofNamespace = new Map<string, number>();

  /** Takes in a refusal; false where there is no room for it. */
  add(place: EventPlace, { decision }: Pick<Denial, 'decision'>, message: string): boolean {
    const key = keyOf(place, decision.findings);
    const known = this.#records.get(key);
    const isWaiting = known !== undefined && known.waiting > 0;
    const waiting = this.#ofNamespace.get(place.namespace) ?? 0;
    if (!isWaiting && (waiting >= MOST_OF_NAMESPACE || (!known && !this.#makeRoom()))) return false;
    const record = known ?? {
      place,
      waiting: 0,
      told: 0,
      message,
      firstAt: new Date(),
      eventName: undefined,
      dueAt: 0,
    };
    record.waiting++;
    record.message = message;
    this.#records.delete(key);
    this.#records.set(key, record);
    if (!isWaiting) this.#ofNamespace.set(place.namespace, waiting + 1);
    return true;
  }

  /** Those with something to tell. */
  *due(): Generator<DenialRecord> {
    for (const record of this.#records.values()) if (record.waiting > 0) yield record;
  }

  get isEmpty(): boolean {
    return this.#ofNamespace.size === 0;
  }

  /** Takes what is to be told out of a record. */
  take(record: DenialRecord): number {
    const { waiting } = record;
    record.waiting = 0;
    const { namespace } = record.place;
    const left = (this.#ofNamespace.get(namespace) ?? 1) - 1;
    if (left > 0) this.#ofNamespace.set(namespace, left);
    else this.#ofNamespace.delete(namespace);
    return waiting;
  }

  /** Forgets the oldest record that has nothing to tell; false where all have something. */
  #makeRoom(): boolean {
    if (this.#records.size < MOST_RECORDS) return true;
    for (const [key, { waiting }] of this.#records) {
      if (waiting === 0) return this.#records.delete(key);
    }
    return false;
  }
}

/** Refusals with the same key are told by one event. The names of pods are not in it: a controller makes a new one each time. */
function keyOf({ namespace, about }: EventPlace, findings: Denial['decision']['findings']): string {
  const checks = new Set<string>();
  for (const { policy, check, action } of findings) {
    if (action === 'Deny' && checks.size < MOST_CHECKS) checks.add(`${policy}/${check}`);
  }
  return JSON.stringify([namespace, about.apiVersion, about.kind, about.name, about.uid, ...checks]);
}
