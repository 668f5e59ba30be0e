// How sentences name RuntimeClasses.
import { quoteVisible } from '../../model/text.ts';
import { NONE } from './runtime-judge.ts';

/** `RuntimeClass "runc"`, or `no RuntimeClass`. */
export function runtimeInWords(value: unknown): string {
  return typeof value === 'string' && value !== '' ? `RuntimeClass ${quoteVisible(value)}` : 'no RuntimeClass';
}

/** The entries of a list: `none, "gvisor"`; `nothing` where it is empty. */
export function entriesInWords(entries: readonly string[], between = ', '): string {
  if (entries.length === 0) return 'nothing';
  return entries.map((entry) => (entry === NONE ? entry : JSON.stringify(entry))).join(between);
}
