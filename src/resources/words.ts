// Words as sentences put them together.

/** `a`, `a or b`, `a, b or c`. */
export function orWords(words: readonly string[]): string {
  return joined(words, 'or');
}

/** `a`, `a and b`, `a, b and c`. */
export function andWords(words: readonly string[]): string {
  return joined(words, 'and');
}

/** `a class`, `an exception`: by the first letter, which is right for the names of our kinds. */
export function withArticle(word: string): string {
  return `${/^[aeiou]/i.test(word) ? 'an' : 'a'} ${word}`;
}

function joined(words: readonly string[], conjunction: string): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} ${conjunction} ${last}`;
}
