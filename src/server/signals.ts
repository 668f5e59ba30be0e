// SIGTERM and SIGINT: the first asks for an end, the second has it at once.

/** A signal that comes again later than this is impatience; sooner, it is `npm` passing on what the terminal sent. */
const SECOND_SIGNAL_MS = 1000;
/** What shells report of a process that such a signal ended. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Calls `stop` at the first signal and ends the process at the second. Returns what takes the handlers away. To be called
 * before listening: as the first process of a container, one without handlers is deaf to these signals.
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
