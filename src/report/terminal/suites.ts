// The results of test suites, as text for people.
import type { SuiteResult } from '../shapes/suite-result.ts';
import { printable } from './printable.ts';
import type { Style } from './style.ts';

/** A line for each case, what differs below those that failed, and a count. */
export function suiteReport(suites: readonly SuiteResult[], style: Style): string {
  const lines: string[] = [];
  let passed = 0;
  let failed = 0;
  for (const { file, name, cases } of suites) {
    lines.push(`${style.strong(printable(name))}  ${style.faint(printable(file))}`);
    for (const { name: caseName, differences } of cases) {
      const ok = differences.length === 0;
      if (ok) passed++;
      else failed++;
      lines.push(`  ${ok ? style.good('ok  ') : style.bad('FAIL')}  ${printable(caseName)}`);
      for (const line of differences.flatMap((text) => text.split('\n'))) lines.push(`        ${printable(line)}`);
    }
    lines.push('');
  }
  lines.push(style.strong(`${passed} passed, ${failed} failed`));
  return `${lines.join('\n')}\n`;
}
