// Values and types as sentences name them.

const TYPES: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  integer: 'an integer',
  null: 'nothing',
  number: 'a number',
  object: 'an object',
  string: 'a string',
};

/** Longer values are cut: the place says where to look. */
const MOST_CHARACTERS = 80;

/** Longer lists are cut: the schema and the docs have them whole. */
export const MOST_WORDS = 12;

/** A JSON Schema type, or several, as `a string or a list`. */
export function typeWords(types: unknown): string {
  const names: unknown[] = Array.isArray(types) ? types : [types];
  return names.map((name) => TYPES[String(name)] ?? String(name)).join(' or ');
}

/** What was found in place of a value of another type. */
export function foundType(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  return typeof value === 'string' ? 'a string' : quoteValue(value);
}

/** A value as JSON, cut where it is long. */
export function quoteValue(value: unknown): string {
  const text = jsonText(value);
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
}

/** JSON.stringify overflows the stack on values that are nested thousands deep, which JSON.parse reads. */
function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return Array.isArray(value) ? 'a list' : 'an object';
  }
}

/** `a, b, c`, or where that would be long, the first few. */
export function listWords(words: readonly string[]): string {
  const more = words.length - MOST_WORDS;
  return more > 0 ? `${words.slice(0, MOST_WORDS).join(', ')} and ${more} more` : words.join(', ');
}
