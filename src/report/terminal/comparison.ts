// A comparison as text for people: change by change, which objects, and why.

import type { PatchOperation } from '../../engine/diff.ts';
import { SKIPS } from '../../model/decision.ts';
import { sameJson } from '../../model/json.ts';
import { CHANGES, type Change, type Changed, type Comparison, newFindings } from '../shapes/comparison.ts';
import { titleOf } from '../shapes/result.ts';
import { findingLines } from './finding-lines.ts';
import { printable } from './printable.ts';
import type { Style } from './style.ts';

const NAMES: readonly Change[] = [
  'newlyDenied',
  'newlyAllowed',
  'newlyWarned',
  'deniedFurther',
  'filledInDifferently',
  'noLongerJudged',
];

/** The whole report, with a line break at the end. */
export function comparisonReport({ changed, counts, judged, unit }: Comparison, style: Style): string {
  const lines: string[] = [];
  for (const change of NAMES) {
    const those = changed.filter(({ changes }) => changes.includes(change));
    if (those.length === 0) continue;
    lines.push(style.strong(`${CHANGES[change]}: ${counts[change]}`), '');
    for (const one of those) lines.push(...changedLines(one, change, style), '');
  }
  const parts = NAMES.filter((change) => counts[change] > 0).map((change) => `${counts[change]} ${CHANGES[change]}`);
  const what = judged === 1 ? unit.slice(0, -1) : unit;
  lines.push(style.strong(`${judged} ${what} compared: ${parts.length === 0 ? 'nothing changes' : parts.join(', ')}`));
  return `${lines.join('\n')}\n`;
}

function changedLines(one: Changed, change: Change, style: Style): string[] {
  const { from, to, count } = one;
  const name = to.owner ? `${titleOf(to.object)} of ${to.owner.kind} ${to.owner.name}` : titleOf(to.object);
  const more = count > 1 ? ` and ${count - 1} more` : '';
  const place = to.source.line > 0 ? `  ${style.faint(printable(`${to.source.file}:${to.source.line}`))}` : '';
  return [`${style.strong(printable(name))}${more}${place}`, ...whyLines({ from, to }, change, style)];
}

/** What says so: the new findings, those that are gone, or what is filled in. */
function whyLines({ from, to }: Pick<Changed, 'from' | 'to'>, change: Change, style: Style): string[] {
  switch (change) {
    case 'newlyDenied':
      return findingLines({ ...to, findings: to.findings.filter(({ action }) => action === 'Deny') }, style);
    case 'deniedFurther':
      return findingLines({ ...to, findings: newFindings(from, to, 'Deny') }, style);
    case 'newlyWarned':
      return findingLines({ ...to, findings: newFindings(from, to, 'Warn') }, style);
    case 'newlyAllowed': {
      const was = from.findings.filter(({ action }) => action === 'Deny').map(({ check }) => check);
      const now = to.verdict === 'skipped' && to.skipReason ? ` (${SKIPS[to.skipReason]})` : '';
      return [printable(`  was denied by ${[...new Set(was)].join(', ')}${now}`)];
    }
    case 'filledInDifferently':
      return [
        ...only(from.patch, to.patch).map((line) => printable(`  - ${line}`)),
        ...only(to.patch, from.patch).map((line) => printable(`  + ${line}`)),
      ];
    case 'noLongerJudged':
      return [printable(from.policies ? `  was allowed by ${from.policies.join(', ')}` : '  was allowed')];
  }
}

/** The operations of a patch that the other does not have. */
function only(patch: readonly PatchOperation[], other: readonly PatchOperation[]): readonly string[] {
  return patch.filter((one) => !other.some((two) => sameJson(one, two))).map((one) => JSON.stringify(one));
}
