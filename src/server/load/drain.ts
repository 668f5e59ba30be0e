// The end of a server, so that nobody notices: it is not ready any more, but serves on until requests stop coming; then it
// stops listening, and what is under way is finished.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../../observe/log.ts';
import type { App } from '../app.ts';
import type { Connections } from './connections.ts';

/** How often connections that have become idle are closed once we no longer listen. */
const SWEEP_MS = 50;
/** What cutting off the last connections may take. */
const CUT_OFF_MS = 1000;

export interface DrainTiming {
  /** How long requests are still served, while the endpoint is taken out of the Service. */
  readonly drainMs: number;
  /** From the signal on: whatever is still under way then is cut off. */
  readonly deadlineMs: number;
}

export interface Drain {
  /** True from the first moment of the end: replies then ask for connections to be closed. */
  readonly isDraining: () => boolean;
  /** Begins the end. */
  begin(): void;
  /** Serves on, then stops the app. Resolves when nothing is left of it, at the deadline at the latest. */
  finish(app: App, connections: Connections, log: Log): Promise<void>;
}

export function createDrain({ drainMs, deadlineMs }: DrainTiming): Drain {
  let began: number | undefined;
  return {
    isDraining: () => began !== undefined,
    begin() {
      began ??= performance.now();
    },
    async finish(app, connections, log) {
      const end = (began ?? performance.now()) + deadlineMs;
      await sleep(Math.min(drainMs, deadlineMs));
      const sweep = setInterval(() => connections.closeIdle(), SWEEP_MS);
      const closed = app.close();
      const inTime = await within(closed, end - performance.now());
      clearInterval(sweep);
      if (inTime) return;
      log.warn({ connections: connections.closeAll() }, 'cut off what was still under way at the shutdown deadline');
      await within(closed, CUT_OFF_MS);
    },
  };
}

/** Whether it is done within that time; not waiting for it does not keep the process alive. */
async function within(done: PromiseLike<unknown>, ms: number): Promise<boolean> {
  const over = new AbortController();
  const late = sleep(Math.max(0, ms), false, { signal: over.signal }).catch(() => false);
  const inTime = await Promise.race([Promise.resolve(done).then(() => true), late]);
  over.abort();
  return inTime;
}
