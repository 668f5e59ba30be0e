// What the bench and its server processes say to each other over IPC.

/** From a server, once it listens. */
export interface Listening {
  readonly type: 'listening';
  readonly url: string;
  readonly ca: string;
}

/** From a server, when asked with `usage`: microseconds of CPU time and bytes of memory so far. */
export interface Usage {
  readonly type: 'usage';
  readonly cpuMicros: number;
  readonly rss: number;
}

export type FromServer = Listening | Usage;
