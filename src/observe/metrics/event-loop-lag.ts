// How long the event loop was kept busy: requests, probes and this very scrape wait that long.
import { monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 20;

/** Starts to measure; each call of what it returns tells the worst lag since the call before, in seconds. */
export function watchEventLoop(): () => number {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  return () => {
    // The timer behind it takes its own period for part of the delay.
    const worst = delays.count === 0 ? 0 : Math.max(0, delays.max / 1e9 - RESOLUTION_MS / 1000);
    delays.reset();
    return worst;
  };
}
