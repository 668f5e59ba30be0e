// The exceptions in use, below the summary of a command's text.
import { exceptionsUsed } from '../shapes/exceptions-used.ts';
import type { Result } from '../shapes/result.ts';

/** More are counted: `-o json` has all. */
const MOST_NAMED = 10;

/** `covered by exceptions: team-a/vpn (until 2027-06-30) 2, policy agents 1`; nothing where none is in use. */
export function exceptionLines(results: readonly Result[]): readonly string[] {
  const used = exceptionsUsed(results);
  if (used.length === 0) return [];
  const parts = used.map(({ name, policy, expires, findings }) => {
    const until = expires === undefined ? '' : ` (until ${expires})`;
    return `${name ?? `policy ${policy}`}${until} ${findings}`;
  });
  const more = parts.length > MOST_NAMED ? ` and ${parts.length - MOST_NAMED} more` : '';
  return [`covered by exceptions: ${parts.slice(0, MOST_NAMED).join(', ')}${more}`];
}
