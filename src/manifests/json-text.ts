// Which texts are JSON as they stand, and not only as YAML takes JSON.

/** True for a text that is one JSON object or list. */
export function isJsonText(text: string): boolean {
  if (!/^\s*[{[]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
