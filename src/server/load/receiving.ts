// The requests whose body has not arrived in full: how many there are, and how much they may come to hold.
// Reviews are judged in the turn of the loop in which they are there, so this is the only queue that we keep for longer.

export interface ReceivingLimits {
  readonly requests: number;
  /** What the bodies may amount to together. One body alone is always taken. */
  readonly bytes: number;
  /** When there is no room, whatever has been arriving for longer than this is dropped: an API server sends at once. */
  readonly slowMs: number;
}

/** Which limit was met. */
export type NoRoom = 'requests' | 'bytes';

interface Arrival {
  readonly bytes: number;
  readonly since: number;
  readonly drop: () => void;
}

/** Room for requests of type `T`, by whatever identifies them. */
export class Receiving<T> {
  readonly #limits: ReceivingLimits;
  /** Oldest first, as maps are. */
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
   * Takes room for a request that may bring this many bytes, or says of what there is too little.
   * @param drop called where it has to make room for another, which it then has
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

  /** Gives the room back. Can be called any number of times. */
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
