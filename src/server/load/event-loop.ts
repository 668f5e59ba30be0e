// How far the event loop is behind, which is how long a request waits before we so much as see it.
import type { Condition } from './readiness.ts';

const TICK_MS = 100;
/** One long pause - a collection, a stopped machine - says nothing of the next request. Three in a row do. */
const TICKS = 3;
/** From here on another replica answers sooner. */
const NOT_READY_MS = 1000;
/** Far beyond overload, which a restart would only move to the other replicas. */
const NOT_ALIVE_MS = 10_000;

export interface EventLoop {
  /** By how many milliseconds each of the last turns was late, at least. */
  readonly delayMs: () => number;
  stop(): void;
}

/** Starts to watch the event loop of this process. Does not keep the process alive. */
export function watchEventLoop(tickMs = TICK_MS): EventLoop {
  const late = new Float64Array(TICKS);
  let turn = 0;
  let last = performance.now();
  let delayMs = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    late[turn++ % TICKS] = now - last - tickMs;
    last = now;
    delayMs = Math.max(0, Math.min(...late));
  }, tickMs).unref();
  return { delayMs: () => delayMs, stop: () => clearInterval(timer) };
}

/** Fails while requests wait so long that they had better go elsewhere. */
export function loopIsPrompt(loop: EventLoop): Condition {
  return lagCondition(loop, NOT_READY_MS);
}

/** Fails where the process is stuck rather than busy: long after {@link loopIsPrompt}. */
export function loopTurns(loop: EventLoop): Condition {
  return lagCondition(loop, NOT_ALIVE_MS);
}

function lagCondition({ delayMs }: EventLoop, limitMs: number): Condition {
  return {
    name: 'event-loop',
    problem() {
      const behind = delayMs();
      return behind < limitMs ? undefined : `the event loop is ${(behind / 1000).toFixed(1)} s behind`;
    },
  };
}
