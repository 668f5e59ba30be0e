// The pages about rules: each rule's own README, its parameters, and what its checks and fill-ins say of themselves.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CheckInfo } from '../src/rules/check.ts';
import type { FillInInfo } from '../src/rules/fill-in.ts';
import { fieldsOfLevel } from '../src/rules/harden/index.ts';
import { FILL_INS, RULES } from '../src/rules/index.ts';
import { schemaRows } from './schema-rows.ts';

const FOLDER = join(import.meta.dirname, '../src/rules');

/** One section for each rule, in the order in which they are applied. */
export function rulesPage(): string {
  const sections = RULES.map(({ key, parameters, checks, fillIns, objectFillIns }) => {
    const readme = readFileSync(join(FOLDER, key, 'README.md'), 'utf8').trim();
    const text = readme.replaceAll(/^#/gm, '##').replaceAll('](../../../docs/', '](');
    const rows = schemaRows(`spec.${key}`, parameters).join('\n');
    return [
      text,
      `| key | type | meaning |\n| --- | --- | --- |\n${rows}`,
      checks.length > 0 ? `Checks: ${links(checks, 'checks.md')}.` : '',
      fillIns.length > 0 ? `Fill-ins: ${links([...fillIns, ...objectFillIns], 'fill-ins.md')}.` : '',
    ]
      .filter((part) => part !== '')
      .join('\n\n');
  });
  return `
# Rules

One key of a policy's \`spec\` is one rule. [policy.md](policy.md) lists every key of a policy.

${sections.join('\n\n')}
`;
}

/** The fill-ins of every rule, in the order in which they run. */
export function fillInsPage(): string {
  const rows = FILL_INS.map((fillIn) => {
    const rule = RULES.find(({ fillIns }) => fillIns.some(({ id }) => id === fillIn.id));
    return fillInRow(rule?.key ?? '', fillIn);
  });
  const around = RULES.flatMap(({ key, objectFillIns }) => objectFillIns.map((fillIn) => fillInRow(key, fillIn)));
  const levels = (['baseline', 'restricted'] as const).map(
    (level) => `- \`harden: ${level}\`: ${fieldsOfLevel(level).join(', ')}`,
  );
  return `
# Fill-ins

What can be filled in, in the order in which it happens. Only what is missing is filled in: a value that somebody wrote is left,
and judged. Filling in a second time changes nothing. Pods for Windows nodes get no field that exists on Linux only.

| id | rule | what it does | platform | fields |
| --- | --- | --- | --- | --- |
${rows.join('\n')}

Of objects around a pod template, when they are created:

| id | rule | what it does | platform | fields |
| --- | --- | --- | --- | --- |
${around.join('\n')}

${levels.join('\n')}
`;
}

/** A check of a rule, as a section of the page of checks. */
export function checkSection(check: CheckInfo): string {
  const example = check.examples.fail[0];
  const says = example ? `\nFor example: \`${example.says}\`\n` : '';
  return `### ${check.id}\n\n${check.title} To fix: ${check.fix}.\n${says}`;
}

function fillInRow(
  rule: string,
  { id, title, platform, sets }: Pick<FillInInfo, 'id' | 'title' | 'platform' | 'sets'>,
): string {
  const fields = sets.map((path) => `\`${path}\``).join('<br>');
  return `| <a id="${id.toLowerCase()}"></a>${id} | [${rule}](rules.md#${rule.toLowerCase()}) | ${title} | ${platform} | ${fields} |`;
}

function links(members: readonly Pick<CheckInfo, 'id'>[], page: string): string {
  return members.map(({ id }) => `[${id}](${page}#${id.toLowerCase()})`).join(', ');
}
