// An audit as text for people: namespace by namespace what is wrong, and below it what all of it comes to. What is in order is
// only counted.
import { SKIPS } from '../../model/decision.ts';
import { auditGroups, checkTotals } from '../shapes/audit-groups.ts';
import { grouped, type Shown } from '../shapes/groups.ts';
import { isNotable, type Result, summarize, titleOf } from '../shapes/result.ts';
import { exceptionLines } from './exception-lines.ts';
import { findingLines } from './finding-lines.ts';
import { printable } from './printable.ts';
import type { Style } from './style.ts';
import { table } from './table.ts';

/** The whole report, with a line break at the end. */
export function auditReport(results: readonly Result[], style: Style): string {
  const lines: string[] = [];
  const byNamespace = Map.groupBy(results, ({ object }) => object.namespace);
  for (const [namespace, inside] of byNamespace) {
    const notable = inside.filter((result) => isNotable(result) || result.findings.length > 0);
    if (notable.length === 0) continue;
    const title = namespace === '' ? 'Objects of no namespace' : `Namespace ${namespace}`;
    lines.push(`${style.strong(printable(title))}: ${countWords(inside)}`, '');
    for (const shown of grouped(notable)) lines.push(...objectLines(shown, style), '');
  }
  lines.push(...totals(results, style), ...exceptionLines(results).map(printable));
  return `${lines.join('\n')}\n`;
}

function objectLines([result, ...others]: Shown, style: Style): string[] {
  const warnings = result.warnings.map((text) => `  ${style.caution('warn ')}  ${printable(text)}`);
  const same = others.map((other) => `  ${style.faint('same ')}  ${printable(nameOf(other))}${podWords(other)}`);
  const head = `${style.strong(printable(nameOf(result)))}${podWords(result)}  ${verdictWords(result, style)}`;
  return [head, ...findingLines(result, style), ...warnings, ...same];
}

/** `Deployment agents/web`, or `Pod agents/web-1 of ReplicaSet web-5d4`. */
function nameOf({ object, owner }: Result): string {
  return owner ? `${titleOf(object)} of ${owner.kind} ${owner.name}` : titleOf(object);
}

/** How many pods are meant beside the one that is named. */
function podWords({ object, owner, pods }: Result): string {
  if (!pods) return '';
  const { running, denied } = pods;
  if (object.kind === 'Pod') return owner && running > 1 ? ` and ${running - 1} more of its pods` : '';
  if (running === 0) return '';
  return ` (${running} ${running === 1 ? 'pod runs' : 'pods run'}${denied > 0 ? `, ${denied} in violation` : ''})`;
}

function verdictWords({ verdict, object, deniedAt, skipReason }: Result, style: Style): string {
  if (verdict === 'skipped') return style.faint(skipReason ? `skipped (${SKIPS[skipReason]})` : 'skipped');
  if (verdict === 'allowed') return style.good('allowed');
  if (object.kind === 'Pod') return style.bad('denied (it would be refused today)');
  return style.bad(deniedAt === 'pod' ? 'denied (its next pods would be refused)' : 'denied');
}

function countWords(results: readonly Result[]): string {
  const { denied, allowed, skipped } = summarize(results);
  return `${denied} denied, ${allowed} allowed, ${skipped} skipped`;
}

function totals(results: readonly Result[], style: Style): string[] {
  const rows = checkTotals(auditGroups(results)).map(({ policy, check, action, objects, pods, namespaces }) => [
    action.toLowerCase(),
    check,
    policy,
    String(objects),
    String(pods),
    String(namespaces),
  ]);
  const running = results.reduce((sum, { pods }) => sum + (pods?.running ?? 0), 0);
  const denied = results.reduce((sum, { pods }) => sum + (pods?.denied ?? 0), 0);
  return [
    ...table(['action', 'check', 'policy', 'objects', 'pods', 'namespaces'], rows),
    style.strong(countWords(results)),
    `${running} ${running === 1 ? 'pod runs' : 'pods run'}, ${denied} in violation`,
  ];
}
