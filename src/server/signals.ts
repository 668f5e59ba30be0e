// SIGTERM and SIGINT: the first stops the server gracefully, the second ends the process at once.

/** A second signal counts from this delay on. One that comes sooner is `npm` passing on the signal that the terminal sent to both. */
const SECOND_SIGNAL_MS = 1000;
/** 128 plus the signal's number, as shells report it. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Calls `stop` at the first signal and ends the process at the second. Returns a function that removes the handlers. To be
 * called before listening: Linux ignores these signals for a container's first process as long as it has no handlers.
 */
export function onSignals(stop: () => Promise<void>): () => void {
  let first: number | undefined;
  const handle = (signal: NodeJS.Signals): void => {
    const now = performance.now();
    if (first === undefined) {
      first = now;
      void stop();
    } else if (now - first > SECOND_SIGNAL_MS) {
      process.exit(signal === 'SIGINT' ? EXIT_CODES.SIGINT : EXIT_CODES.SIGTERM);
    }
  };
  process.on('SIGTERM', handle).on('SIGINT', handle);
  return () => process.off('SIGTERM', handle).off('SIGINT', handle);
}
