// Tells users that an exception, without which their object would be refused, is about to end.
import type { CheckViolations, ExceptionUse } from '../model/finding.ts';

const DAY_MS = 86_400_000;

/** So long before its end an exception that is used is warned about. */
const NOTICE_MS = 7 * DAY_MS;

/** An exception that is about to end, and what it covers. */
interface Ending {
  readonly policy: string;
  readonly left: number;
  readonly checks: Set<string>;
}

/**
 * A warning for each exception that covers something and is in its last seven days.
 * @param now in milliseconds; undefined where nothing that ends is in force
 */
export function endingExceptions(
  judged: readonly { readonly found: readonly CheckViolations[] }[],
  now: number | undefined,
): readonly string[] {
  if (now === undefined) return [];
  const ending = new Map<ExceptionUse, Ending>();
  for (const { found } of judged) {
    for (const { policy, check, excepted } of found) {
      if (excepted?.end === undefined || excepted.end - now > NOTICE_MS) continue;
      const known = ending.get(excepted) ?? { policy, left: excepted.end - now, checks: new Set() };
      ending.set(excepted, known);
      known.checks.add(check);
    }
  }
  return [...ending].map(([{ name, expires }, { policy, left, checks }]) => {
    const which = name === undefined ? `of policy ${policy}` : name;
    return `exception ${which} for ${[...checks].join(', ')} ends on ${expires}, ${daysWords(left)} from now`;
  });
}

function daysWords(ms: number): string {
  const days = Math.floor(ms / DAY_MS);
  if (days === 0) return 'less than a day';
  return days === 1 ? 'a day' : `${days} days`;
}
