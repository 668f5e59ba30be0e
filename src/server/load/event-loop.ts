// How far the event loop is behind: for so long a request waits before Node reads it.
import type { Condition } from './readiness.ts';

/** Between two ticks while they are late. */
const TICK_MS = 250;
/**
 * How many times as long between two ticks that are in time. Each wakes an idle process, which is most of what that takes: at 250 ms
 * about 0.1 % of a core. For the same reason everything that asks about the event loop asks here.
 */
const IN_TIME = 4;
/** One long pause, such as a garbage collection, says nothing about the next request. Three in a row do. */
const TICKS = 3;
/** From this delay on, another replica is likely to answer sooner. */
const NOT_READY_MS = 1000;
/** Far more than overload causes. A restart under overload would only move the load to the other replicas. */
const NOT_ALIVE_MS = 10_000;

export interface EventLoop {
  /** The smallest delay of the last few timer ticks, in milliseconds. */
  readonly delayMs: () => number;
  /** The longest delay of a tick since the previous call, in seconds. A pause between two ticks is not seen. */
  readonly takeLongest: () => number;
  stop(): void;
}

/** Starts to watch the event loop of this process. Does not keep the process alive. */
export function watchEventLoop(tickMs = TICK_MS): EventLoop {
  const late = new Float64Array(TICKS);
  let turn = 0;
  let delayMs = 0;
  let longestMs = 0;
  let timer = tickAfter(IN_TIME * tickMs);

  function tickAfter(ms: number): NodeJS.Timeout {
    const due = performance.now() + ms;
    return setTimeout(() => {
      const lateMs = performance.now() - due;
      late[turn++ % TICKS] = lateMs;
      delayMs = Math.max(0, Math.min(...late));
      longestMs = Math.max(longestMs, lateMs);
      timer = tickAfter(lateMs > tickMs / 2 ? tickMs : IN_TIME * tickMs);
    }, ms).unref();
  }

  return {
    delayMs: () => delayMs,
    takeLongest() {
      const seconds = longestMs / 1000;
      longestMs = 0;
      return seconds;
    },
    stop: () => clearTimeout(timer),
  };
}

/** Fails while requests wait so long that another replica should get them. */
export function loopIsPrompt(loop: Pick<EventLoop, 'delayMs'>): Condition {
  return lagCondition(loop, NOT_READY_MS);
}

/** Fails when the process is stuck rather than busy, long after {@link loopIsPrompt} does. */
export function loopTurns(loop: Pick<EventLoop, 'delayMs'>): Condition {
  return lagCondition(loop, NOT_ALIVE_MS);
}

function lagCondition({ delayMs }: Pick<EventLoop, 'delayMs'>, limitMs: number): Condition {
  return {
    name: 'event-loop',
    problem() {
      const behind = delayMs();
      return behind < limitMs ? undefined : `the event loop is ${(behind / 1000).toFixed(1)} s behind`;
    },
  };
}
