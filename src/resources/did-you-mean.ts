// Guesses what somebody who mistyped a word meant.
import leven from 'leven';

/** The known word nearest to `word`, or undefined where none is near enough to be a typing mistake. */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  // One edit for every three letters; two letters swapped are two edits. `nmae` is near `name`, `job` is not near `pod`.
  const most = Math.max(word.length < 4 ? 1 : 2, Math.floor(word.length / 3));
  const written = word.toLowerCase();
  let nearest: string | undefined;
  let least = most + 1;
  for (const candidate of known) {
    const edits = leven(written, candidate.toLowerCase(), { maxDistance: most + 1 });
    if (edits < least) {
      least = edits;
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
