// A bug of ours that nobody caught. Reviews are answered one at a time and share nothing, so the next is none the worse for
// it and the process stays up; unless it happens again and again, when only a new one can help.
import type { Log } from '../observe/log.ts';
import { logFault } from './review/faults.ts';

/** As the command line has it: a bug in sandgate. */
const EXIT_CODE = 3;

export interface FaultBudget {
  /** One more than this within the time is too many. */
  readonly faults: number;
  readonly withinMs: number;
}

const BUDGET: FaultBudget = { faults: 10, withinMs: 60_000 };

export interface SurvivalOptions {
  readonly log: Log;
  /** Told of each fault once it is logged. */
  readonly onFault?: () => void;
  readonly budget?: FaultBudget;
  readonly exit?: (code: number) => void;
}

/** Logs what is thrown or rejected outside of any review, and stays up. Returns what leaves it to Node again. */
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
