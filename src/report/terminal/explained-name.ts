// A name, explained as text for people.
import { stringify } from 'yaml';
import type { ExplainedExample, ExplainedKey, ExplainedName } from '../shapes/explained.ts';
import type { Style } from './style.ts';

/** More examples are in `-o json`. */
const MOST_EXAMPLES = 2;

/** The lines about one meaning of a name. */
export function explainedNameLines(name: ExplainedName, style: Style): readonly string[] {
  const { kind, says, why = '', source, fix, sets = [], keys = [], checks = [], fillIns = [] } = name;
  return [
    style.strong(`${kind} ${name.name}`),
    ...(kind === 'key' ? [] : indented(says, '  ')),
    '',
    `  ${style.faint('from')}  ${source}`,
    ...(fix === undefined ? [] : [`  ${style.faint('fix ')}  ${fix}`]),
    ...(sets.length === 0 ? [] : [`  ${style.faint('sets')}  ${sets.join(', ')}`]),
    ...(why === '' ? [] : ['', ...indented(withoutEmphasis(why), '  ')]),
    ...section('keys of a policy:', keys.flatMap(keyLines), style),
    ...section('checks:', checks.map(memberLine), style),
    ...section('fill-ins:', fillIns.map(memberLine), style),
    ...exampleLines(name, style),
  ];
}

/** `**Allowed Values:**` is for Markdown. */
function withoutEmphasis(text: string): string {
  return text.replaceAll(/\*\*([A-Z][^*\n]*:)\*\*/g, '$1');
}

function section(title: string, lines: readonly string[], style: Style): readonly string[] {
  return lines.length === 0 ? [] : ['', `  ${style.strong(title)}`, ...lines];
}

function keyLines({ path, type, default: fallback, means }: ExplainedKey): readonly string[] {
  const otherwise = fallback === undefined ? '' : `, default ${JSON.stringify(fallback)}`;
  return [`    ${path}: ${type}${otherwise}`, ...(means === '' ? [] : indented(means, '        '))];
}

function memberLine({ name, says }: { readonly name: string; readonly says: string }): string {
  return `    ${name}: ${says}`;
}

const TITLES: Readonly<Record<ExplainedExample['shows'], string>> = {
  fail: 'refused, for example:',
  pass: 'let in, for example:',
  'fill-in': 'filled in, for example:',
  parameters: 'for example:',
};

function exampleLines({ rule, name, examples = [] }: ExplainedName, style: Style): readonly string[] {
  const lines: string[] = [];
  for (const [shows, all] of Map.groupBy(examples, (one) => one.shows)) {
    const shown = all.slice(0, MOST_EXAMPLES).flatMap((one, index) => {
      return [...(index === 0 ? [] : ['']), ...oneExample(one, rule, style)];
    });
    lines.push(...section(TITLES[shows], shown, style));
  }
  const left = examples.length - countShown(examples);
  return left > 0 ? [...lines, '', `  ${style.faint(`sandgate explain ${name} -o json has ${left} more`)}`] : lines;
}

function countShown(examples: readonly ExplainedExample[]): number {
  const groups = Map.groupBy(examples, (one) => one.shows);
  return [...groups.values()].reduce((sum, group) => sum + Math.min(group.length, MOST_EXAMPLES), 0);
}

function oneExample(example: ExplainedExample, rule: string | undefined, style: Style): readonly string[] {
  const { name, parameters, version, pod, says, after } = example;
  return [
    `    ${style.faint(`# ${name}${version === undefined ? '' : `, in version ${version}`}`)}`,
    ...(rule === undefined || parameters === undefined ? [] : yamlLines({ policy: { spec: { [rule]: parameters } } })),
    ...yamlLines({ pod }),
    ...(says === undefined ? [] : [`    ${style.bad('refused')}: ${says}`]),
    ...(after === undefined ? [] : yamlLines({ 'becomes pod': after })),
  ];
}

function yamlLines(value: object): readonly string[] {
  return indented(stringify(value, { lineWidth: 0, aliasDuplicateObjects: false, collectionStyle: 'any' }), '    ');
}

function indented(text: string, indent: string): readonly string[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => (line === '' ? '' : indent + line));
}
