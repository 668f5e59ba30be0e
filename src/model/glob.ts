// Patterns for names that may have slashes: `*` stands for any characters but a slash, also for none; `**` for any characters;
// `?` for any one character but a slash. No other character is special. As in Kyverno's image patterns and in .gitignore.

/** One step of a pattern: a star, `?`, or a character that stands for itself. */
type Token = string;

/** True where the text is a pattern rather than plain. */
export function isGlob(text: string): boolean {
  return text.includes('*') || text.includes('?');
}

/**
 * Makes the matcher of a pattern. It follows every way to read the pattern at once, so that its time is bounded by the
 * length of the text times that of the pattern, whatever the text: a regular expression would backtrack. Nearly every text
 * lacks the longest plain part of the pattern, which is looked for first; most patterns have one star, and need no more than
 * comparing their two ends.
 */
export function compileGlob(pattern: string): (text: string) => boolean {
  if (!isGlob(pattern)) return (text) => text === pattern;
  const glob = tokensOf(pattern);
  const at = glob.findIndex(isStar);
  const [start, end] = [glob.slice(0, at).join(''), glob.slice(at + 1).join('')];
  if (at >= 0 && !isGlob(start) && !isGlob(end)) return matcherOfOneStar(start, glob[at] === '**', end);
  const longest = pattern.split(/[*?]+/).reduce((a, b) => (b.length > a.length ? b : a), '');
  return (text) => text.includes(longest) && matches(glob, text);
}

function matcherOfOneStar(start: string, crossesSlashes: boolean, end: string): (text: string) => boolean {
  const least = start.length + end.length;
  return (text) => {
    if (text.length < least || !text.startsWith(start) || !text.endsWith(end)) return false;
    if (crossesSlashes) return true;
    const slash = text.indexOf('/', start.length);
    return slash === -1 || slash >= text.length - end.length;
  };
}

function matches(glob: readonly Token[], text: string): boolean {
  // One entry for each place in the pattern: whether what was read so far can have led there.
  let places = new Uint8Array(glob.length + 1);
  let next = new Uint8Array(glob.length + 1);
  enter(glob, places, 0);
  for (let i = 0; i < text.length; i++) {
    const character = text.charAt(i);
    next.fill(0);
    for (let place = 0; place < glob.length; place++) {
      const token = glob[place];
      if (token === undefined || places[place] === 0 || !stepTakes(token, character)) continue;
      enter(glob, next, isStar(token) ? place : place + 1);
    }
    [places, next] = [next, places];
  }
  return places[glob.length] === 1;
}

/** Marks a place, and those behind the stars that stand there: a star may stand for nothing. */
function enter(glob: readonly Token[], places: Uint8Array, place: number): void {
  for (let at = place; places[at] !== 1; at++) {
    places[at] = 1;
    const token = glob[at];
    if (token === undefined || !isStar(token)) return;
  }
}

/** True where a step of a pattern can stand for a character. */
function stepTakes(token: Token, character: string): boolean {
  if (token === '**') return true;
  return token === '*' || token === '?' ? character !== '/' : token === character;
}

function isStar(token: Token): boolean {
  return token === '*' || token === '**';
}

/** True where some text matches both patterns. */
export function globsIntersect(a: string, b: string): boolean {
  if (beginDifferently(a, b)) return false;
  return walkPairs(tokensOf(a), tokensOf(b), {
    star: canMeet,
    rightStars: true,
    single: (x, y) => (x === '?' ? y !== '/' : y === '?' ? x !== '/' : x === y),
  });
}

/** True where a star and what stands in the other pattern can stand for the same. */
function canMeet(star: Token, other: Token): boolean {
  return star === '**' || other !== '/';
}

/**
 * True where every text that matches `narrow` matches `wide`. It may miss some such pairs (`*?` covers `?*`), and never
 * claims a false one.
 */
export function globCovers(wide: string, narrow: string): boolean {
  if (beginDifferently(wide, narrow)) return false;
  return walkPairs(tokensOf(wide), tokensOf(narrow), {
    star: (star, other) => star === '**' || (other !== '/' && other !== '**'),
    rightStars: false,
    single: (x, y) => (x === '?' ? y !== '/' : x === y),
  });
}

interface PairRules {
  /** Whether a star of one pattern may stand for a step of the other. */
  star(star: Token, other: Token): boolean;
  /** Whether that holds for stars of the right pattern, too, and not for those of the left one alone. */
  readonly rightStars: boolean;
  /** Whether these two steps, neither of them a star, can stand for the same. */
  single(left: Token, right: Token): boolean;
}

/**
 * Walks two patterns at once, in time of the product of their lengths: can both be read to the end under the rules?
 * `reachable[j]` says so of the rest of the left pattern from the current step on and the rest of the right from `j`.
 */
function walkPairs(left: readonly Token[], right: readonly Token[], rules: PairRules): boolean {
  let below: boolean[] = [];
  for (let i = left.length; i >= 0; i--) {
    const reachable: boolean[] = [];
    for (let j = right.length; j >= 0; j--) reachable[j] = reaches(i, j, reachable, below);
    below = reachable;
  }
  return below[0] === true;

  function reaches(i: number, j: number, row: readonly boolean[], next: readonly boolean[]): boolean {
    const x = left[i];
    const y = right[j];
    if (x === undefined && y === undefined) return true;
    // A star of the left pattern stands for nothing more, or for one more step of the right one; and the other way round.
    if (x !== undefined && isStar(x)) {
      if (next[j] === true || (y !== undefined && rules.star(x, y) && row[j + 1] === true)) return true;
    }
    if (y !== undefined && isStar(y) && rules.rightStars) {
      if (row[j + 1] === true || (x !== undefined && rules.star(y, x) && next[j] === true)) return true;
    }
    if (x === undefined || y === undefined || isStar(x) || isStar(y)) return false;
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

/** The steps of a pattern. Stars beside each other are one: the widest of them. */
function tokensOf(pattern: string): readonly Token[] {
  return pattern.match(/\*+|[^*]/gs)?.map((step) => (step.startsWith('**') ? '**' : step)) ?? [];
}
