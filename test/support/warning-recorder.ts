// The warnings of one request as they reach the client: pkg/endpoints/filters/warning.go, with NewWarningHeader of
// apimachinery's pkg/util/net/http.go.

const TOTAL_RUNES = 4096;
const ITEM_RUNES = 256;

export class WarningRecorder {
  /** The texts of the headers written so far. */
  headers: string[] = [];
  /** Texts that did not make it. */
  readonly lost: string[] = [];
  readonly #ordered: string[] = [];
  #written = 0;
  #truncating = false;

  add(text: string): void {
    if (text === '') return;
    if (this.#written >= TOTAL_RUNES && this.#truncating) {
      this.lost.push(text);
      return;
    }
    if (this.#ordered.includes(text)) return;
    this.#ordered.push(text);
    // Go's unicode.IsControl. A text that is not valid UTF-8 has become U+FFFD when the JSON was decoded.
    if (/\p{Cc}/u.test(text)) {
      this.lost.push(text);
      return;
    }
    const runes = Array.from(text.toWellFormed()).length;
    if (this.#truncating || this.#written + runes <= TOTAL_RUNES) {
      this.#write(text);
      return;
    }
    this.#truncating = true;
    this.#written = 0;
    this.headers = [];
    for (const earlier of this.#ordered) if (!/\p{Cc}/u.test(earlier)) this.#write(earlier);
  }

  #write(text: string): void {
    const runes = Array.from(text.toWellFormed());
    const kept = this.#truncating ? runes.slice(0, ITEM_RUNES) : runes;
    this.#written += kept.length;
    this.headers.push(kept.join(''));
  }
}
