// How a server stops without a failed request: it reports that it is not ready but keeps serving until requests stop coming;
// then it stops listening and finishes the requests in progress.
import { setImmediate as pollPhase, setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../../observe/log.ts';
import type { App } from '../app.ts';
import type { Connections } from './connections.ts';

/** How often connections that have become idle are closed once we no longer listen. */
const SWEEP_MS = 50;
/** How long closing the last connections may take. */
const CUT_OFF_MS = 1000;

export interface DrainTiming {
  /** How long requests are still served, while the endpoint is taken out of the Service. */
  readonly drainMs: number;
  /** Counted from the signal. Requests still in progress then are cut off. */
  readonly deadlineMs: number;
}

export interface Drain {
  /** True once `begin` was called: replies then ask clients to close their connections. */
  readonly isDraining: () => boolean;
  /** Starts the drain. */
  begin(): void;
  /** Keeps serving for the drain time, then stops the app. Resolves when it has stopped, or soon after the deadline. */
  finish(app: App, connections: Connections, log: Log): Promise<void>;
}

/** A drain that has not begun. */
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
      // On a busy machine the timer is late, and what has arrived meanwhile lies unread: closing now would lose it. Node runs
      // timers before it reads from connections, and immediates after that (nodejs.org, "The Node.js Event Loop").
      await pollPhase();
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

/** Whether a promise settles within that time. The timer does not outlive the call. */
async function within(done: PromiseLike<unknown>, ms: number): Promise<boolean> {
  const over = new AbortController();
  const late = sleep(Math.max(0, ms), false, { signal: over.signal }).catch(() => false);
  const inTime = await Promise.race([Promise.resolve(done).then(() => true), late]);
  over.abort();
  return inTime;
}
