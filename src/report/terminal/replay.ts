// A replay as text for people: the requests that would be refused or warned about today, namespace by namespace. Requests that would be
// let in are only counted.
import { SKIPS } from '../../model/decision.ts';
import type { EventCounts, ReplayedOptions } from '../shapes/format.ts';
import { isNotable, type RequestCounts, type Result, titleOf } from '../shapes/result.ts';
import { findingLines, shownFindings } from './finding-lines.ts';
import { printable } from './printable.ts';
import type { Style } from './style.ts';
import { table } from './table.ts';

/** The whole report, with a line break at the end. */
export function replayReport(results: readonly Result[], style: Style, { events }: ReplayedOptions): string {
  const lines: string[] = [];
  const notable = results.filter((result) => isNotable(result) || result.findings.length > 0);
  for (const [namespace, inside] of Map.groupBy(notable, ({ object }) => object.namespace)) {
    const title = namespace === '' ? 'Objects of no namespace' : `Namespace ${namespace}`;
    lines.push(style.strong(printable(title)), '');
    for (const result of inside) lines.push(...resultLines(result, style), '');
  }
  const rows = [...totalsOf(results).values()].map((total) => total.map(String));
  lines.push(...table(['action', 'check', 'policy', 'requests'], rows), ...countLines(events, style));
  return `${lines.join('\n')}\n`;
}

function resultLines(result: Result, style: Style): string[] {
  const { object, owner, requests } = result;
  const name = owner ? `${titleOf(object)} of ${owner.kind} ${owner.name}` : titleOf(object);
  return [
    `${style.strong(printable(name))}  ${verdictWords(result, style)}`,
    ...(requests ? [`  ${printable(requestWords(requests))}`] : []),
    ...findingLines(result, style),
    ...result.warnings.map((text) => `  ${style.caution('warn ')}  ${printable(text)}`),
  ];
}

function verdictWords({ verdict, skipReason }: Result, style: Style): string {
  if (verdict === 'skipped') return style.faint(skipReason ? `skipped (${SKIPS[skipReason]})` : 'skipped');
  return verdict === 'denied' ? style.bad('denied') : style.good('allowed');
}

/** `3 creations by alice, from 2026-11-30T10:00:00Z to 2026-11-30T11:00:00Z`. */
function requestWords({ operation, subresource, count, refused, dryRun, first, last, users }: RequestCounts): string {
  const one = operation === 'CREATE' ? 'creation' : 'update';
  const what = `${count} ${count === 1 ? one : `${one}s`}${subresource === '' ? '' : ` of its ${subresource}`}`;
  const when = first === last ? first : `from ${first === '' ? 'an unknown time' : first} to ${last}`;
  // An event that does not say who asked is judged as one of somebody without a name, and without groups.
  const whom = users.map((user) => (user === '' ? 'an unknown user' : user));
  const notes = [
    ...(refused > 0 ? [`${refused} of them refused by the cluster then`] : []),
    ...(dryRun > 0 ? [`${dryRun} of them dry runs`] : []),
  ];
  return [`${what} by ${whom.join(', ')}`, when, ...notes].filter((text) => text !== '').join(', ');
}

type Total = [action: string, check: string, policy: string, requests: number];

/** How many requests violate which check: refusals first. */
function totalsOf(results: readonly Result[]): readonly Total[] {
  const totals = new Map<string, Total>();
  for (const { findings, requests } of results) {
    const count = requests?.count ?? 0;
    const seen = new Set<string>();
    for (const { action, check, policy, rule, excepted } of shownFindings(findings)) {
      if (excepted) continue;
      const total: Total = [action.toLowerCase(), check, policy === '' ? rule : policy, count];
      const key = JSON.stringify(total.slice(0, 3));
      if (seen.has(key)) continue;
      seen.add(key);
      const known = totals.get(key);
      if (known) known[3] += count;
      else totals.set(key, total);
    }
  }
  const rank = ['deny', 'warn', 'audit'];
  return [...totals.values()].toSorted((a, b) => rank.indexOf(a[0]) - rank.indexOf(b[0]) || b[3] - a[3]);
}

function countLines({ denied, allowed, skipped, unjudged, passedOver }: EventCounts, style: Style): string[] {
  const missing = Object.values(unjudged).reduce((sum, count) => sum + count, 0);
  return [
    style.strong(`requests: ${denied} denied, ${allowed} allowed, ${skipped} skipped`),
    ...(missing === 0 ? [] : [style.caution(`not judged, because the log says too little about them: ${missing}`)]),
    `other events, passed over: ${passedOver}`,
  ];
}
