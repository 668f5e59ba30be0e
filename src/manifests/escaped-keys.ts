// Works around a bug of V8 (12.8 to 14.6 at least, nodejs/node#63785): once JSON.parse has read a key that ends in a backslash,
// it can take another key that contains an escape for that one. It would then miss `hostNetwor\u006b`, which kubectl reads as
// hostNetwork. Files from strangers are therefore looked through first. Reviews are not: the API server writes them, and it
// escapes no letter in the name of a field.

/** True where a key of a JSON text contains an escape. Takes any text, JSON or not, and time linear in its length. */
export function hasEscapedKey(text: string): boolean {
  if (!text.includes('\\')) return false;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at)) {
    let escaped = false;
    for (at++; at < text.length && text[at] !== '"'; at++) {
      if (text[at] !== '\\') continue;
      escaped = true;
      at++;
    }
    at++;
    if (escaped && isColonNext(text, at)) return true;
  }
  return false;
}

function isColonNext(text: string, from: number): boolean {
  let at = from;
  while (text[at] === ' ' || text[at] === '\t' || text[at] === '\r' || text[at] === '\n') at++;
  return text[at] === ':';
}
