// A fault of V8 (12.8 to 14.6 at least, nodejs/node#63785): once JSON.parse has met a key that ends in a backslash, another
// key with an escape in it can come out as that one. `hostNetwor\u006b` would be missed, which kubectl reads as hostNetwork.
// Whoever reads what strangers wrote has to look first. The webhook need not: what it gets was written anew by the API
// server, which escapes no letter of a field's name.

/** True where some key of a JSON text is written with an escape; also of a text that is no JSON. Linear, whatever the text. */
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
