// Which parts of policies no case reaches, as text for people.
import { byKind, type Coverage, type CoverageItem, countReached } from '../shapes/coverage.ts';
import { printable } from './printable.ts';
import type { Style } from './style.ts';

/** `coverage: 41 of 52 (78%)`. */
export function coverageLine({ items }: Coverage): string {
  const { reached, total, percent } = countReached(items);
  return `coverage: ${reached} of ${total} (${percent}%)`;
}

/** A line for all, one for each kind, and one for what no case reaches of a kind at one place, such as the checks of a rule. */
export function coverageReport(coverage: Coverage, style: Style): string {
  const kinds = [...byKind(coverage)].map(([kind, items]) => ({ kind, count: countReached(items) }));
  const width = Math.max(0, ...kinds.map(({ kind }) => kind.length));
  const lines = [
    style.strong(coverageLine(coverage)),
    ...kinds.map(({ kind, count }) => `  ${kind.padEnd(width)}  ${count.reached} of ${count.total}`),
  ];
  const missed = coverage.items.filter((item) => !item.reached);
  if (missed.length > 0) lines.push('', 'reached by no case:');
  const groups = Map.groupBy(missed, ({ kind, owner, place: { file, line } }) =>
    JSON.stringify([file, line, kind, owner]),
  );
  for (const group of groups.values()) lines.push(printable(`  ${missedWords(group)}`));
  return `${lines.join('\n')}\n`;
}

/** `policy.yaml:9: checks hostPorts, sysctls of policy "agents"`. */
function missedWords(group: readonly CoverageItem[]): string {
  const [first] = group;
  if (!first) return '';
  const { kind, owner, place } = first;
  const names = group.map(({ name }) => name).filter((name) => name !== '');
  const what = names.length === 0 ? '' : `${names.length > 1 ? pluralOf(kind) : kind} ${names.join(', ')} of `;
  return `${place.file}:${place.line}: ${what}${owner}`;
}

function pluralOf(kind: string): string {
  return kind === 'branch' ? 'branches' : `${kind}s`;
}
