// The rules of a SARIF log: every check there is, and those of findings that are none of these.
import { ALL_CHECKS, type CheckSummary } from '../../engine/all-checks.ts';
import type { Finding } from '../../model/finding.ts';

const RULES = ALL_CHECKS.map(ruleOf);
const KNOWN = new Map(ALL_CHECKS.map(({ id }, index) => [id, index]));

/** The rules of a log with these findings, and the index of each check among them. */
export function rulesFor(findings: readonly Finding[]): {
  readonly rules: readonly object[];
  readonly indexOf: (check: string) => number | undefined;
} {
  const indices = new Map(KNOWN);
  const rules: object[] = [...RULES];
  for (const { check, reason, fix } of findings) {
    if (indices.has(check)) continue;
    indices.set(check, rules.length);
    rules.push(ruleOf({ id: check, title: `${reason}.`, fix, origin: 'policy' }));
  }
  return { rules, indexOf: (check) => indices.get(check) };
}

function ruleOf({ id, title, fix, origin }: CheckSummary): object {
  const text = title.replaceAll(/\[([^\]]+)\]\([^)]*\)/g, '$1').replaceAll(/\s*\n\s*/g, ' ');
  const plain = text.replaceAll('`', '');
  const instruction = fix === '' ? '' : `To fix: ${fix}.`;
  return {
    id,
    name: id,
    shortDescription: { text: plain },
    fullDescription: { text: plain },
    help: {
      text: [plain, instruction].filter((part) => part !== '').join(' '),
      markdown: [`**${id}** (${origin})`, text, instruction].filter((part) => part !== '').join('\n\n'),
    },
    defaultConfiguration: { level: 'error' },
    properties: { tags: ['security', 'kubernetes', origin] },
  };
}
