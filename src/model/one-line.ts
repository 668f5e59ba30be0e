// Text from users on its way into messages, headers and logs: one line, of bounded length.
import { bytesOfCharacter } from './bytes.ts';

/**
 * Control characters (a warning with one is silently lost by the API server), the line breaks of Unicode, and the
 * marks that make a terminal show text in another order than it has.
 */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\p{Bidi_Control}]/gu;

/** Nearly every text; found out much faster than with the properties of Unicode. */
const PLAIN = /^[ -~]*$/;

/** The text on one line: what would break it, or hide part of it, is shown as `\u000a`. */
export function oneLine(text: string): string {
  if (PLAIN.test(text)) return text;
  return text.replace(
    UNPRINTABLE,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}

/** Its length in Unicode code points: Go's runes, in which the API server counts. */
export function runeCount(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** At most `limit` UTF-16 units of it, the last being `…` where something was cut off. Never half a character. */
export function cutUnits(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const kept = text.slice(0, limit - 1);
  return `${kept.isWellFormed() ? kept : kept.slice(0, -1)}…`;
}

/** At most `limit` code points of it, the last being `…` where something was cut off. */
export function cutRunes(text: string, limit: number): string {
  // No text has more code points than units.
  if (text.length <= limit) return text;
  let runes = 0;
  let kept = 0;
  for (const rune of text) {
    runes++;
    if (runes > limit) return `${text.slice(0, kept)}…`;
    if (runes < limit) kept += rune.length;
  }
  return text;
}

/**
 * The text on one line, in at most `limit` units. Of a longer text no more is looked at than can be left of it: names can have
 * a megabyte, and no character becomes shorter on its way onto the line.
 */
export function shortLine(text: string, limit: number): string {
  return cutUnits(oneLine(text.length > limit ? text.slice(0, limit + 1) : text), limit);
}

/** At most `limit` bytes of UTF-8, ending in `…` where something was cut off. */
export function cutBytes(text: string, limit: number): string {
  // Three bytes are the most a unit can need.
  if (text.length * 3 <= limit) return text;
  const room = limit - bytesOfCharacter('…');
  let bytes = 0;
  let kept = 0;
  for (const character of text) {
    bytes += bytesOfCharacter(character);
    if (bytes <= room) kept += character.length;
    if (bytes > limit) return `${text.slice(0, kept).toWellFormed()}…`;
  }
  return text;
}

/**
 * The parts one after the other, in at most `limit` units: as many as fit, and then `… and 3 more`. The first is cut
 * where not even that one fits.
 */
export function joinWithin(parts: readonly string[], separator: string, limit: number): string {
  const whole = parts.join(separator);
  if (whole.length <= limit) return whole;
  let text = '';
  for (const [index, part] of parts.entries()) {
    const left = parts.length - index;
    const next = index === 0 ? part : `${text}${separator}${part}`;
    const room = limit - remainder(left - 1).length;
    if (next.length > room) {
      return index === 0 ? cutUnits(part, room) + remainder(left - 1) : text + remainder(left);
    }
    text = next;
  }
  return text;
}

function remainder(count: number): string {
  return count === 0 ? '' : ` … and ${count} more`;
}
