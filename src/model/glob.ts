// Patterns with `*` (any characters, also none, also slashes) and `?` (any one). No other character is special.

/** True where the text is a pattern rather than plain. */
export function isGlob(text: string): boolean {
  return text.includes('*') || text.includes('?');
}

/**
 * Makes the matcher of a pattern. It looks back only to the last star it passed, so its time is bounded by the length of
 * the text times that of the longest piece between stars, whatever the text: a regular expression would backtrack.
 */
export function compileGlob(pattern: string): (text: string) => boolean {
  const glob = collapse(pattern);
  return glob === '*' ? () => true : (text) => matches(glob, text);
}

function matches(glob: string, text: string): boolean {
  let at = 0;
  let star = -1;
  let resume = 0;
  for (let i = 0; i < text.length; ) {
    const token = glob[at];
    if (token === '*') {
      star = at++;
      resume = i;
    } else if (token === '?' || token === text[i]) {
      at++;
      i++;
    } else if (star >= 0) {
      // Let the last star take one more character, and try again from behind it.
      at = star + 1;
      i = ++resume;
    } else {
      return false;
    }
  }
  return at === glob.length || (at === glob.length - 1 && glob[at] === '*');
}

/** True where some text matches both patterns. */
export function globsIntersect(a: string, b: string): boolean {
  return walkPairs(collapse(a), collapse(b), {
    star: () => true,
    single: (x, y) => x === y || x === '?' || y === '?',
  });
}

/**
 * True where every text that matches `narrow` matches `wide`. It may miss some such pairs (`*?` covers `?*`), and never
 * claims a false one.
 */
export function globCovers(wide: string, narrow: string): boolean {
  return walkPairs(collapse(wide), collapse(narrow), {
    star: (side) => side === 'left',
    single: (x, y) => x === '?' || x === y,
  });
}

interface PairRules {
  /** Whether a star of this side may stand for any token of the other side, or for nothing. */
  star(side: 'left' | 'right'): boolean;
  /** Whether these two tokens, neither of them a star that may stand for others, can be consumed together. */
  single(left: string, right: string): boolean;
}

/**
 * Walks two patterns at once, in time of the product of their lengths: can both be consumed to the end under the rules?
 * `reachable[j]` says so of the rest of the left pattern from the current token on and the rest of the right from `j`.
 */
function walkPairs(left: string, right: string, rules: PairRules): boolean {
  if (beginDifferently(left, right)) return false;
  const width = right.length;
  let below: boolean[] = [];
  for (let i = left.length; i >= 0; i--) {
    const reachable: boolean[] = [];
    for (let j = width; j >= 0; j--) reachable[j] = reaches(i, j, reachable, below);
    below = reachable;
  }
  return below[0] === true;

  function reaches(i: number, j: number, row: readonly boolean[], next: readonly boolean[]): boolean {
    const x = left[i];
    const y = right[j];
    if (x === undefined && y === undefined) return true;
    const skipLeft = next[j] === true;
    const skipRight = row[j + 1] === true;
    if (x === '*' && rules.star('left')) return skipLeft || (y !== undefined && skipRight);
    if (y === '*' && rules.star('right')) return skipRight || (x !== undefined && skipLeft);
    if (x === undefined || y === undefined || x === '*' || y === '*') return false;
    return rules.single(x, y) && next[j + 1] === true;
  }
}

/** True where the plain beginnings of two patterns differ, as those of most pairs in a table do. */
function beginDifferently(left: string, right: string): boolean {
  for (let i = 0; i < left.length && i < right.length; i++) {
    const x = left[i];
    const y = right[i];
    if (x === '*' || x === '?' || y === '*' || y === '?') return false;
    if (x !== y) return true;
  }
  return false;
}

/** `a**b` is `a*b`. */
function collapse(pattern: string): string {
  return pattern.replaceAll(/\*+/g, '*');
}
