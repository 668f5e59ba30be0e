// Makes documents of what was imported, and words of what was left out.
import { stringify } from 'yaml';
import { API_VERSION } from '../../model/names.ts';
import { ISOLATION_POLICY } from '../../resources/isolation-policy/index.ts';
import { problemText } from '../../resources/problem-text.ts';
import type { Effect, Import, ImportedPolicy, LeftOut } from './imported.ts';

/** A policy that Sandgate accepts. */
export interface WrittenPolicy {
  readonly document: object;
  readonly about: readonly string[];
}

/** What an import comes to, ready to be written. */
export interface Written {
  readonly policies: readonly WrittenPolicy[];
  readonly leftOut: readonly LeftOut[];
}

/** The policies that are accepted; the others are left out like whatever else could not be carried over. */
export function written({ policies, leftOut }: Import): Written {
  const names = new Set<string>();
  const accepted: WrittenPolicy[] = [];
  const all = [...leftOut];
  for (const policy of policies) {
    const document = documentOf(policy, names);
    const { errors, warnings } = ISOLATION_POLICY.accept(document, '');
    const place = policy.from.locate([]);
    if (errors.length > 0) {
      const why = `a policy with it would not be accepted: ${errors.map(problemText).join('; ')}`;
      all.push({ place, object: policy.from.title, path: '', why, effect: 'laxer' });
      continue;
    }
    for (const warning of warnings) {
      const why = `carried over, but ${problemText(warning)}`;
      all.push({ place, object: policy.from.title, path: '', why, effect: 'none' });
    }
    const { file, line } = place;
    const origin = policy.from.title === '' ? '' : `, ${policy.from.title}`;
    accepted.push({ document, about: [`Imported from ${file}:${line}${origin}.`, ...policy.notes] });
  }
  return { policies: accepted, leftOut: all };
}

function documentOf({ name, spec }: ImportedPolicy, names: Set<string>): object {
  const plain = subdomain(name);
  let own = plain;
  for (let number = 2; names.has(own); number++) own = `${plain}-${number}`;
  names.add(own);
  return { apiVersion: API_VERSION, kind: ISOLATION_POLICY.kind, metadata: { name: own }, spec };
}

/** The name with what the names of objects cannot hold replaced. */
function subdomain(name: string): string {
  const plain = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9.-]+/g, '-')
    .replaceAll(/(?<![a-z0-9])[.-]+|[.-]+(?![a-z0-9-])/g, '')
    .slice(0, 240)
    .replace(/[.-]+$/, '');
  return plain === '' ? 'imported' : plain;
}

/** kubectl reads YAML 1.1, where the string "yes" needs quotes. */
const YAML = { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false } as const;

/** The policies as YAML, each with a comment that says where it comes from. */
export function yamlOf({ policies }: Written): string {
  return policies
    .map(({ document, about }) => {
      const comment = about.map((line) => `# ${line.replaceAll(/\s+/g, ' ')}\n`).join('');
      return comment + stringify(document, YAML);
    })
    .join('---\n');
}

const EFFECTS: Readonly<Record<Effect, string>> = {
  laxer: 'laxer than before',
  stricter: 'stricter than before',
  none: 'no difference to verdicts',
};

/** `FILE:LINE: ClusterPolicy x: spec.rules[0].context: WHY (laxer than before)`. */
export function leftOutLine({ place, object, path, why, effect }: LeftOut): string {
  const what = [object, path].filter((part) => part !== '').map((part) => `${part}: `);
  return `${place.file}:${place.line}: ${what.join('')}${why} (${EFFECTS[effect]})`;
}

/** As `-o json` prints it. */
export function jsonOf({ policies, leftOut }: Written): string {
  const notCarriedOver = leftOut.map(({ place, object, path, why, effect }) => ({
    source: { file: place.file, line: place.line },
    ...(object !== '' && { object }),
    ...(path !== '' && { path }),
    why,
    effect,
  }));
  return `${JSON.stringify({ policies: policies.map(({ document }) => document), notCarriedOver }, null, 2)}\n`;
}
