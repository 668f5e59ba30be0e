// How sentences name volumes and what they hold.
import type { Violation } from '../../model/finding.ts';
import { escapedNote, joinQuoted, pluralize, quoteVisible } from '../../model/text.ts';
import { textOf } from '../../pod-security/violations.ts';

/** `volumes "a", "b" project "x", "y", allowed: "z"`: each volume and each value once. */
export function volumesInWords(violations: readonly Violation[], holds: string, hold: string): string {
  const volumes = [...new Set(violations.map(({ volume }) => volume ?? ''))];
  const values = [...new Set(violations.map(({ value }) => textOf(value)))];
  const who = `${pluralize('volume', 'volumes', volumes.length)} ${joinQuoted(volumes)}`;
  const what = `${pluralize(holds, hold, volumes.length)} ${values.map(quoteVisible).join(', ')}`;
  return `${who} ${what}, allowed: ${violations[0]?.allowed ?? ''}${escapedNote(values)}`;
}
