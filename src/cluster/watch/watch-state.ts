// What there is to know of one watch: for probes, for metrics, and for the log when it changes.

export interface WatchState {
  readonly resource: string;
  /** There was a complete list at least once. */
  readonly synced: boolean;
  /** The server does not know the resource: its definition is not installed. */
  readonly absent: boolean;
  /** When the server last told us something, on the clock of `performance.now()`; undefined while it never has. */
  readonly heardAt: number | undefined;
  /** How many objects there are. */
  readonly objects: number;
  /** Lists that were complete. */
  readonly lists: number;
  /** Watch requests that the server accepted. */
  readonly connections: number;
  /** Requests that failed or broke off; what ended as it should is not counted. */
  readonly failures: number;
  /** Why the last attempt failed; undefined while all is well. */
  readonly problem: string | undefined;
}

/** A change that is worth a line. Each is told once, however often it is tried again meanwhile. */
export type WatchChange = 'synced' | 'absent' | 'failing' | 'recovered';

export interface WatchListener {
  onChange(change: WatchChange, state: WatchState): void;
  /** A bug of ours: an object could not be taken in. */
  onFault(fault: unknown): void;
}
