// Requests whose body has not fully arrived: how many there are and how many bytes they may bring. A review is judged as
// soon as its body is complete, so this is the only queue that lasts longer than a turn of the event loop.

/** What may be arriving at a time. */
export interface ReceivingLimits {
  readonly requests: number;
  /** The size of all bodies together. A single body is always accepted. */
  readonly bytes: number;
  /** When there is no room, requests that have been arriving for longer than this are dropped: an API server sends a body at once. */
  readonly slowMs: number;
}

/** The limit that was reached. */
export type NoRoom = 'requests' | 'bytes';

interface Arrival {
  readonly bytes: number;
  readonly since: number;
  readonly drop: () => void;
}

/** Keeps the room for requests, each identified by a value of type `T`. */
export class Receiving<T> {
  readonly #limits: ReceivingLimits;
  /** Oldest first: a map keeps the order of insertion. */
  readonly #arrivals = new Map<T, Arrival>();
  #bytes = 0;

  constructor(limits: ReceivingLimits) {
    this.#limits = limits;
  }

  get count(): number {
    return this.#arrivals.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Reserves room for a request that may bring this many bytes, or returns which limit is in the way.
   * @param drop called when this request is dropped to make room for another
   */
  enter(request: T, bytes: number, drop: () => void, now = performance.now()): NoRoom | undefined {
    let full = this.#lacking(bytes);
    while (full !== undefined && this.#dropSlowest(now)) full = this.#lacking(bytes);
    if (full === undefined) {
      this.#arrivals.set(request, { bytes, since: now, drop });
      this.#bytes += bytes;
    }
    return full;
  }

  /** Gives the room of a request back. May be called more than once. */
  leave(request: T): void {
    const arrival = this.#arrivals.get(request);
    if (!arrival) return;
    this.#arrivals.delete(request);
    this.#bytes -= arrival.bytes;
  }

  #lacking(bytes: number): NoRoom | undefined {
    if (this.#arrivals.size >= this.#limits.requests) return 'requests';
    return this.#bytes + bytes > this.#limits.bytes && this.#arrivals.size > 0 ? 'bytes' : undefined;
  }

  #dropSlowest(now: number): boolean {
    for (const [request, { since, drop }] of this.#arrivals) {
      if (now - since < this.#limits.slowMs) return false;
      this.leave(request);
      drop();
      return true;
    }
    return false;
  }
}
