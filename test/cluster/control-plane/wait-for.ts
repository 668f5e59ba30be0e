// Polling, with an error that says what did not happen and what was seen instead.

const EVERY_MS = 50;

export interface Wait {
  /** In milliseconds. */
  readonly within: number;
  /** A clause for the error: "the pod exists". */
  readonly what: string;
}

/**
 * Asks `probe` again and again until it gives something other than undefined and false, and returns that. A probe that
 * throws has not succeeded yet.
 *
 * @throws Error after `within` ms, with the last thing the probe threw
 */
export async function waitFor<T>(
  probe: () => T | undefined | false | Promise<T | undefined | false>,
  { within, what }: Wait,
): Promise<T> {
  const deadline = Date.now() + within;
  let last: unknown;
  for (;;) {
    try {
      const answer = await probe();
      if (answer !== undefined && answer !== false) return answer;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (Date.now() >= deadline) break;
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
  const reason = last instanceof Error ? `: ${last.message}` : '';
  throw new Error(`waited ${within / 1000} s in vain until ${what}${reason}`, { cause: last });
}
