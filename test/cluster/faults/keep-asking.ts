// Load: the same question again and again from several askers at a time, each once it has its answer.
import { setTimeout as sleep } from 'node:timers/promises';

export interface Asked {
  readonly count: number;
  /** How often the questions failed, by what they threw. */
  readonly failures: Readonly<Record<string, number>>;
  /** In milliseconds. */
  readonly slowest: number;
}

export interface Asking {
  /** Waits for the last answers. */
  stop(): Promise<Asked>;
}

/** Asks until it is stopped, with a rest between two questions. A question that throws has failed. */
export function keepAsking(askers: number, ask: () => Promise<void>, restMs = 0): Asking {
  const end = new AbortController();
  const failures: Record<string, number> = {};
  let count = 0;
  let slowest = 0;
  async function run(): Promise<void> {
    while (!end.signal.aborted) {
      const start = performance.now();
      try {
        await ask();
      } catch (error) {
        const message = summaryOf(error);
        failures[message] = (failures[message] ?? 0) + 1;
      }
      count++;
      slowest = Math.max(slowest, performance.now() - start);
      if (restMs > 0) await sleep(restMs);
    }
  }
  const running = Array.from({ length: askers }, run);
  return {
    async stop() {
      end.abort();
      await Promise.all(running);
      return { count, failures, slowest: Math.round(slowest) };
    },
  };
}

/** One line, and the same for each connection. */
function summaryOf(error: unknown): string {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n', 1);
  return line.replaceAll(/127\.0\.0\.1:\d+/g, 'loopback').slice(0, 300);
}
