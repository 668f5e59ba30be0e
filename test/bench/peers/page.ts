// The figures in docs/side-by-side.md, between two comments there.
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';

const START = '<!-- figures of npm run bench:peers -->';
const END = '<!-- end of figures -->';

/** What the figures were measured on, in a line. */
export function measuredOn(): string {
  const day = new Date().toISOString().slice(0, 10);
  const memory = (totalmem() / 2 ** 30).toFixed(0);
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  return `Measured on ${day}: ${cpus().length} cores (${model}), ${memory} GiB, Node ${process.version}.`;
}

/** Puts the figures into a page in place of those of the last run. */
export function writeFigures(page: string, figures: readonly string[]): void {
  const text = readFileSync(page, 'utf8');
  const [start, end] = [text.indexOf(START), text.indexOf(END)];
  if (start < 0 || end < start) throw new Error(`${page} has no "${START}" with "${END}" after it`);
  const before = text.slice(0, start + START.length);
  writeFileSync(page, `${before}\n\n${figures.join('\n\n')}\n\n${text.slice(end)}`);
}
