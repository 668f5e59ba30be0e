// The limits that the API server has for warnings and audit annotations: it drops what exceeds them, silently.
import { cutBytes, cutRunes, oneLine, runeCount } from '../model/one-line.ts';

/** Past this many runes in all, the API server cuts every warning of the request and drops what is over. */
const TOTAL_RUNES = 4096;
/** The length to which it then cuts each of them. */
const ITEM_RUNES = 256;
/** In UTF-16 units, of which a rune has at most two: a longer text exceeds all limits, and can have megabytes. */
const LONGEST_READ = 2 * TOTAL_RUNES + 2;

/**
 * Warnings as the API server will pass them on: one line each, none twice. The API asks for 120 characters "if possible",
 * and ours are written short; but the server itself cuts none before they exceed 4,096 runes together (its
 * pkg/endpoints/filters/warning.go), and a list of violations that ends in the middle is worth little. So exactly that
 * is done here: whole while they fit, else 256 runes of each, as many as fit, and a count of the rest, which the server
 * would have dropped unsaid.
 */
export function boundWarnings(texts: readonly string[]): readonly string[] {
  if (texts.length === 0) return texts;
  const warnings = [...new Set(texts.map((text) => oneLine(text.slice(0, LONGEST_READ))))].filter(
    (text) => text !== '',
  );
  // No text has more runes than units, and nearly all texts are far from the limit.
  let units = 0;
  for (const text of warnings) units += text.length;
  if (units <= TOTAL_RUNES) return warnings;
  let total = 0;
  for (const text of warnings) total += runeCount(text);
  if (total <= TOTAL_RUNES) return warnings;

  const cut = [...new Set(warnings.map((text) => cutRunes(text, ITEM_RUNES)))];
  const kept: string[] = [];
  let written = 0;
  for (const [index, text] of cut.entries()) {
    const rest = cut.length - index - 1;
    const next = written + runeCount(text);
    if (next + (rest === 0 ? 0 : runeCount(moreWarnings(rest))) > TOTAL_RUNES) {
      kept.push(moreWarnings(rest + 1));
      break;
    }
    kept.push(text);
    written = next;
  }
  return kept;
}

function moreWarnings(count: number): string {
  return `and ${count} more ${count === 1 ? 'warning' : 'warnings'}`;
}

/** Longer values would crowd the audit log, whose backends bound a whole event. */
const ANNOTATION_BYTES = 4096;

/**
 * The keys of our audit annotations. The API server prefixes them with the webhook's name, so they are bare: letters,
 * digits, `-`, `_` and `.`, at most 63. A key of another form is logged there and lost.
 */
export type AuditKey = 'policy' | 'decision' | 'violations' | 'exceptions' | 'injected' | 'exempt' | 'error';

/** Audit annotations on one line each and of bounded length, without the empty ones; undefined where none is left. */
export function boundAnnotations(
  values: Readonly<Partial<Record<AuditKey, string>>>,
): Readonly<Record<string, string>> | undefined {
  const annotations: Record<string, string> = {};
  for (const [key, value] of Object.entries(values)) {
    // A unit has at least a byte: what comes later is cut off anyway, and can have megabytes.
    if (value !== '') annotations[key] = cutBytes(oneLine(value.slice(0, ANNOTATION_BYTES + 1)), ANNOTATION_BYTES);
  }
  return Object.keys(annotations).length === 0 ? undefined : annotations;
}
