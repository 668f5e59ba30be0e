// Guesses what somebody who mistyped a word meant.
import leven from 'leven';

/** The known word nearest to `word`, or undefined where none is near enough to be a slip of the hand. */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  // One slip for every three letters; two letters swapped are two slips. `nmae` is near `name`, `job` not near `pod`.
  const most = Math.max(word.length < 4 ? 1 : 2, Math.floor(word.length / 3));
  const written = word.toLowerCase();
  let nearest: string | undefined;
  let least = most + 1;
  for (const candidate of known) {
    const slips = leven(written, candidate.toLowerCase(), { maxDistance: most + 1 });
    if (slips < least) {
      least = slips;
      nearest = candidate;
    }
  }
  return nearest;
}

/** ` (did you mean "hostPorts"?)`, or nothing where no known word is near. */
export function didYouMean(word: string, known: readonly string[]): string {
  const nearest = nearestWord(word, known);
  return nearest === undefined ? '' : ` (did you mean "${nearest}"?)`;
}
