// Exceptions and rejections that nothing caught, which are bugs of ours. Reviews share no state, so the process keeps running
// after one; after too many within a short time it exits, since only a restart can help then.
import type { Log } from '../observe/log.ts';
import { logFault } from './review/faults.ts';

/** The command line's exit code for a bug in sandgate. */
const EXIT_CODE = 3;

/** How many faults a process survives. */
export interface FaultBudget {
  /** The process exits on one more than this within the time. */
  readonly faults: number;
  readonly withinMs: number;
}

const BUDGET: FaultBudget = { faults: 10, withinMs: 60_000 };

export interface SurvivalOptions {
  readonly log: Log;
  /** Called for each fault once it is logged. */
  readonly onFault?: () => void;
  readonly budget?: FaultBudget;
  readonly exit?: (code: number) => void;
}

/** Logs what is thrown or rejected outside of any review, and keeps running. Returns a function that restores Node's own handling. */
export function surviveFaults(options: SurvivalOptions): () => void {
  const { log, onFault = () => {}, budget = BUDGET, exit = (code: number) => process.exit(code) } = options;
  const times: number[] = [];

  function survive(fault: unknown, message: string): void {
    const now = performance.now();
    times.push(now);
    logFault(log, fault, message);
    try {
      onFault();
    } catch (another) {
      // Thrown from here, it would end the process.
      logFault(log, another, 'failed to count a fault');
    }
    if (times.length <= budget.faults) return;
    if (now - (times.shift() ?? now) > budget.withinMs) return;
    logFault(log, fault, `more than ${budget.faults} faults within ${budget.withinMs / 1000} s: giving up`);
    exit(EXIT_CODE);
  }

  const onRejection = (reason: unknown): void => survive(reason, 'unhandled rejection');
  // Not an `uncaughtException` listener: the command line has one already, which ends the process.
  const isFirst = !process.hasUncaughtExceptionCaptureCallback();
  if (isFirst) process.setUncaughtExceptionCaptureCallback((fault) => survive(fault, 'uncaught exception'));
  process.on('unhandledRejection', onRejection);
  return () => {
    process.off('unhandledRejection', onRejection);
    if (isFirst) process.setUncaughtExceptionCaptureCallback(null);
  };
}
