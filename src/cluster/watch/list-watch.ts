// Keeps a sink the same as what the API server has: a list, a watch from there, and both again whenever something happens
// to them, for as long as the process lives. It never gives up and never throws: what it cannot do now it tries again, and
// until then what was known stays in force.
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError, reasonOf } from '../api/api-error.ts';
import type { ApiClient } from '../api/client.ts';
import { Backoff, type BackoffTiming } from './backoff.ts';
import { listAll } from './list.ts';
import type { WatchedResource } from './resource.ts';
import type { Sink } from './sink.ts';
import { LostError, watchEvents } from './stream.ts';
import type { WatchChange, WatchListener, WatchState } from './watch-state.ts';

export interface WatchTiming extends BackoffTiming {
  /** Until an answer begins, for a pause in a list, and for a watch that does not end in time. */
  readonly timeoutMs: number;
  /** The shortest watch; each lasts up to a third longer, so that those of many replicas do not end together. */
  readonly watchSeconds: number;
  /** A watch that lasted as long as this was a good one. */
  readonly settledMs: number;
  /** After this all is listed again, for changes that a watch does not report, such as an etcd restored from a backup. */
  readonly relistMs: number;
}

/**
 * A watch is short, since its end is the only sign of life that a quiet resource is sure to give: a server that hangs is
 * noticed about a minute later.
 */
export const WATCH_TIMING: WatchTiming = {
  firstMs: 100,
  mostMs: 10_000,
  timeoutMs: 15_000,
  watchSeconds: 45,
  settledMs: 5000,
  relistMs: 15 * 60_000,
};

const NOT_FOUND = 404;
/** Where a watch failed as often as this, the next attempt begins with a list. */
const LISTS_INSTEAD = 3;
/** One failure is not logged: servers restart, connections break, and the next attempt follows at once. */
const WORTH_TELLING = 2;

export interface ListWatchOptions {
  readonly client: ApiClient;
  readonly resource: WatchedResource;
  readonly sink: Sink;
  readonly listener: WatchListener;
  readonly timing?: Partial<WatchTiming> | undefined;
}

/** Lists and watches one resource. */
export class ListWatch {
  readonly #options: ListWatchOptions;
  readonly #timing: WatchTiming;
  readonly #backoff: Backoff;
  readonly #stop = new AbortController();
  /** Where to watch from; undefined where only a list can tell. */
  #version: string | undefined;
  #listAgainAt = 0;
  #heardAt: number | undefined;
  #synced = false;
  #absent = false;
  #lists = 0;
  #connections = 0;
  #failures = 0;
  /** Failures since all was well. */
  #inARow = 0;
  #problem: string | undefined;
  #told: WatchChange | undefined;
  /** Ends the watch that is under way, so that a list comes sooner. */
  #turn = new AbortController();
  /** Resolved once the next list was taken in, or has failed; undefined while nothing waits for one. */
  #refresh: PromiseWithResolvers<void> | undefined;

  constructor(options: ListWatchOptions) {
    this.#options = options;
    this.#timing = { ...WATCH_TIMING, ...options.timing };
    this.#backoff = new Backoff(this.#timing);
  }

  get state(): WatchState {
    return {
      resource: this.#options.resource.name,
      synced: this.#synced,
      absent: this.#absent,
      heardAt: this.#heardAt,
      objects: this.#options.sink.count,
      lists: this.#lists,
      connections: this.#connections,
      failures: this.#failures,
      problem: this.#problem,
    };
  }

  /** Begins; to be called once. */
  start(): void {
    void this.#run();
  }

  /**
   * Lists again as soon as it can, instead of waiting for what the watch brings, which may be on its way.
   *
   * @returns once a list that began after this call was taken in or has failed. Not where the server does not answer: the caller
   * decides how long to wait
   */
  refresh(): Promise<void> {
    this.#refresh ??= Promise.withResolvers<void>();
    this.#turn.abort();
    return this.#refresh.promise;
  }

  /** Ends what is under way. Nothing reaches the sink after this. */
  stop(): void {
    this.#stop.abort();
    this.#turn.abort();
    this.#refresh?.resolve();
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      let waitMs: number;
      this.#turn = new AbortController();
      try {
        await this.#round();
        if (this.#refresh) continue;
        waitMs = this.#backoff.next();
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        this.#fail(error);
        waitMs = this.#backoff.next(error instanceof ApiError ? error.retryAfterMs : 0);
      }
      await sleep(waitMs, undefined, { signal: this.#stop.signal }).catch(() => {});
    }
  }

  /** A list where one is due, and a watch until it ends. */
  async #round(): Promise<void> {
    if (this.#version === undefined || this.#refresh || performance.now() >= this.#listAgainAt) await this.#listOnce();
    // Somebody asked for a newer list while this one was on its way.
    if (this.#refresh || this.#stop.signal.aborted) return;
    try {
      await this.#watch();
    } catch (error) {
      if (this.#turn.signal.aborted) return;
      // Where watching does not work at all, such as without the verb in RBAC, lists are better than nothing.
      if (error instanceof LostError || this.#inARow >= LISTS_INSTEAD) this.#version = undefined;
      throw error;
    }
  }

  async #listOnce(): Promise<void> {
    const refresh = this.#refresh;
    this.#refresh = undefined;
    // What ends from here on is the watch, and never this list.
    this.#turn = new AbortController();
    try {
      await this.#list();
    } finally {
      refresh?.resolve();
    }
  }

  async #list(): Promise<void> {
    const { client, resource, sink } = this.#options;
    const { timeoutMs, relistMs } = this.#timing;
    const listing = sink.begin();
    let version: string;
    try {
      version = await listAll(client, resource, timeoutMs, this.#stop.signal, (object) =>
        this.#guard(() => listing.add(object)),
      );
    } catch (error) {
      this.#absent = !this.#synced && error instanceof ApiError && error.status === NOT_FOUND;
      // That the resource does not exist is an answer of the server, too.
      if (this.#absent) this.#heard();
      if (this.#version === undefined || this.#stop.signal.aborted) throw error;
      // This was one of the periodic lists: the watch can go on from where it was.
      this.#listAgainAt = performance.now() + timeoutMs;
      this.#fail(error);
      return;
    }
    if (this.#stop.signal.aborted) return;
    try {
      listing.commit();
    } catch (fault) {
      // The objects of this list are not taken in, and no event of the watch would bring them: only another list can.
      this.#version = undefined;
      this.#options.listener.onFault(fault);
      throw fault;
    }
    this.#version = version;
    this.#listAgainAt = performance.now() + relistMs * (0.75 + Math.random() / 2);
    this.#lists++;
    this.#heard();
    this.#absent = false;
    const first = !this.#synced;
    this.#synced = true;
    if (first) this.#well('synced');
  }

  async #watch(): Promise<void> {
    const { client, resource, sink } = this.#options;
    const { timeoutMs, watchSeconds, settledMs } = this.#timing;
    const { signal } = this.#turn;
    const seconds = Math.ceil(watchSeconds * (1 + Math.random() / 3));
    const from = this.#version ?? '';
    let settled: NodeJS.Timeout | undefined;
    try {
      const events = watchEvents({ client, resource, from, seconds, timeoutMs, signal }, () => {
        this.#connections++;
        this.#heard();
        settled = setTimeout(() => {
          this.#backoff.reset();
          this.#well('recovered');
        }, settledMs);
      });
      for await (const { type, object, version } of events) {
        if (signal.aborted) return;
        this.#heard();
        if (type === 'DELETED') this.#guard(() => sink.remove(object));
        else if (type !== 'BOOKMARK') this.#guard(() => sink.put(object));
        this.#version = version;
        this.#backoff.ease();
        this.#well('recovered');
      }
    } finally {
      clearTimeout(settled);
    }
  }

  /** One object that we fail on must not keep the others from being taken in. */
  #guard(take: () => void): void {
    try {
      take();
    } catch (fault) {
      this.#options.listener.onFault(fault);
    }
  }

  #heard(): void {
    this.#heardAt = performance.now();
  }

  #fail(error: unknown): void {
    this.#failures++;
    this.#inARow++;
    this.#problem = reasonOf(error);
    if (this.#absent) this.#tell('absent');
    else if (!this.#synced || this.#inARow >= WORTH_TELLING) this.#tell('failing');
  }

  #well(change: 'synced' | 'recovered'): void {
    this.#inARow = 0;
    this.#problem = undefined;
    if (change === 'synced' || this.#told === 'failing') this.#tell(change);
  }

  #tell(change: WatchChange): void {
    if (change === this.#told) return;
    this.#told = change;
    this.#guard(() => this.#options.listener.onChange(change, this.state));
  }
}
