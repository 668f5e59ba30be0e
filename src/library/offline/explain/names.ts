// What a name stands for: a check, a rule, a fill-in, or a key of a policy.
import { ENGINE_CHECKS } from '../../../engine/all-checks.ts';
import type { Check, PassExample } from '../../../pod-security/check.ts';
import { POD_SECURITY_CHECKS } from '../../../pod-security/checks/index.ts';
import type {
  ExplainedExample,
  ExplainedKey,
  ExplainedMember,
  ExplainedName,
} from '../../../report/shapes/explained.ts';
import { didYouMean } from '../../../resources/did-you-mean.ts';
import { type CheckInfo, wholeCheck } from '../../../rules/check.ts';
import type { FillInInfo } from '../../../rules/fill-in.ts';
import { RULES } from '../../../rules/index.ts';
import type { ObjectFillInInfo } from '../../../rules/object-fill-in.ts';
import { keysBelow, keysNamed, keysOfRule, policyKeys } from './keys.ts';
import { CHECK_TEXTS, RULE_TEXTS } from './texts.ts';

type Rule = (typeof RULES)[number];

/** What a name stands for; a sentence about the name where it stands for nothing. */
export type Named =
  | { readonly ok: true; readonly names: readonly ExplainedName[] }
  | { readonly ok: false; readonly message: string };

/** Explains a check (also `ID/PART`), a rule, a fill-in, or a key of a policy, such as `spec.identity.images[].runAsUser`. */
export function explainNamed(name: string): Named {
  const id = wholeCheck(name);
  const found = [
    ...POD_SECURITY_CHECKS.filter((check) => check.id === id).map(standardCheck),
    ...RULES.flatMap((rule) => rule.checks.filter((check) => check.id === id).map((check) => ruleCheck(rule, check))),
    ...ENGINE_CHECKS.filter((check) => check.id === id).map(engineCheck),
    ...RULES.filter((rule) => rule.key === name || `spec.${rule.key}` === name).map(explainRule),
    ...RULES.flatMap((rule) =>
      [...rule.fillIns, ...rule.objectFillIns].filter((one) => one.id === name).map((one) => fillIn(rule, one)),
    ),
  ];
  const isRule = found.some(({ kind }) => kind === 'rule');
  // A rule says all of its keys itself, and a word that a check has as its name is not looked for at the end of keys.
  const keys = isRule || (found.length > 0 && !name.includes('.')) ? [] : keysNamed(name);
  const names = [...found, ...keys.map(key)];
  if (names.length > 0) return { ok: true, names };
  const hint =
    didYouMean(name, allNames()) ||
    ' (expected a check, a rule, a fill-in, or a key of a policy such as spec.identity.images)';
  return { ok: false, message: `nothing is called ${JSON.stringify(name)}${hint}` };
}

/** The names of all checks, rules and fill-ins, each once. */
export function plainNames(): readonly string[] {
  const names = [
    ...POD_SECURITY_CHECKS.map(({ id }) => id),
    ...ENGINE_CHECKS.map(({ id }) => id),
    ...RULES.flatMap(({ key: rule, checks, fillIns, objectFillIns }) => [
      rule,
      ...[...checks, ...fillIns, ...objectFillIns].map(({ id }) => id),
    ]),
  ];
  return [...new Set(names)];
}

function allNames(): readonly string[] {
  const paths = policyKeys().map(({ path }) => path);
  return [...plainNames(), ...paths, ...paths.map((path) => path.slice('spec.'.length))];
}

const STANDARDS = 'https://kubernetes.io/docs/concepts/security/pod-security-standards/';

function standardCheck(check: Check): ExplainedName {
  const { id, level, title, fix, versions, examples } = check;
  const instead = new Set(versions.flatMap(({ overrides = [] }) => overrides));
  const takes = instead.size === 0 ? '' : `, in the place of ${[...instead].join(', ')}`;
  const since = versions.map((version) => version.since).join(' and ');
  return {
    kind: 'check',
    name: id,
    says: title,
    why: CHECK_TEXTS[id] ?? '',
    source: `Pod Security Standards, level ${level}${takes}, as of ${since} (${STANDARDS})`,
    fix,
    keys: keysOfRule('podSecurity'),
    examples: [
      ...examples.fail.map((one) => ({ ...standardExample('fail', one), says: one.says, paths: one.paths })),
      ...examples.pass.map((one) => standardExample('pass', one)),
    ],
  };
}

function standardExample(shows: 'pass' | 'fail', { name, since, pod }: PassExample): ExplainedExample {
  return { shows, name, ...(since && { version: since }), pod };
}

function ruleCheck({ key: rule }: Rule, { id, title, fix, examples }: CheckInfo): ExplainedName {
  const keys = keysUsed(rule, [...examples.fail, ...examples.pass]);
  return {
    kind: 'check',
    name: id,
    says: title,
    why: whyOf(rule, id, keys),
    source: sourceWords(rule),
    rule,
    fix,
    keys,
    examples: [
      ...examples.fail.map(({ name, parameters, pod, says, paths }): ExplainedExample => {
        return { shows: 'fail', name, parameters, pod, says, paths };
      }),
      ...examples.pass.map(({ name, parameters, pod }): ExplainedExample => ({ shows: 'pass', name, parameters, pod })),
    ],
  };
}

function engineCheck({ id, title }: (typeof ENGINE_CHECKS)[number]): ExplainedName {
  return { kind: 'check', name: id, says: plain(title), source: 'Sandgate itself, whatever rules a policy has' };
}

function explainRule({ key: rule, checks, fillIns, objectFillIns, examples, parameters }: Rule): ExplainedName {
  const [means = ''] = keysOfRule(rule).map((one) => one.means);
  return {
    kind: 'rule',
    name: rule,
    says: means || String(parameters.description ?? ''),
    why: RULE_TEXTS[rule] ?? '',
    source: 'a key of the spec of an IsolationPolicy',
    rule,
    keys: keysOfRule(rule),
    checks: checks.map(member),
    fillIns: [...fillIns, ...objectFillIns].map(member),
    examples: examples.map(({ name, parameters: given, pod }): ExplainedExample => {
      return { shows: 'parameters', name, parameters: given, pod };
    }),
  };
}

function fillIn({ key: rule }: Rule, { id, title, sets, examples }: FillInInfo | ObjectFillInInfo): ExplainedName {
  const keys = keysUsed(rule, examples);
  return {
    kind: 'fill-in',
    name: id,
    says: title,
    why: whyOf(rule, id, keys),
    source: sourceWords(rule),
    rule,
    sets,
    keys,
    examples: examples.map(({ name, parameters, before, after }): ExplainedExample => {
      return { shows: 'fill-in', name, parameters, pod: before, ...(after && { after }) };
    }),
  };
}

function key({ path, means }: ExplainedKey): ExplainedName {
  const [, rule = ''] = path.split(/[.[]/);
  const isRule = RULES.some((one) => one.key === rule);
  return {
    kind: 'key',
    name: path,
    says: means,
    source: isRule ? sourceWords(rule) : 'the spec of an IsolationPolicy',
    ...(isRule && { rule }),
    keys: keysBelow(path),
  };
}

/** How the README of a rule begins, and what else in it names the check or the fill-in, or a key that it reads. */
function whyOf(rule: string, id: string, keys: readonly ExplainedKey[]): string {
  const words = [id, ...keys.slice(1).map(({ path }) => path.slice(path.lastIndexOf('.') + 1).replace('[]', ''))];
  const [first = '', ...rest] = (RULE_TEXTS[rule] ?? '').split(/\n\n|\n(?=- )/);
  return [first, ...rest.filter((part) => words.some((word) => part.includes(`\`${word}`)))].join('\n\n');
}

/** The keys of the parameters that the examples of a check or a fill-in have: those that it reads. */
function keysUsed(rule: string, examples: readonly { readonly parameters: unknown }[]): readonly ExplainedKey[] {
  const used = new Set<string>();
  for (const { parameters } of examples) addPaths(parameters, `spec.${rule}`, used);
  return keysOfRule(rule).filter(({ path }) => used.has(path));
}

function addPaths(value: unknown, path: string, paths: Set<string>): void {
  paths.add(path);
  if (Array.isArray(value)) for (const entry of value) addPaths(entry, `${path}[]`, paths);
  else if (typeof value === 'object' && value !== null) {
    for (const [name, inside] of Object.entries(value)) {
      addPaths(inside, `${path}.${name}`, paths);
      addPaths(inside, `${path}.*`, paths);
    }
  }
}

function member({ id, title }: Pick<CheckInfo, 'id' | 'title'>): ExplainedMember {
  return { name: id, says: title };
}

function sourceWords(rule: string): string {
  return `the rule ${rule} (spec.${rule} of an IsolationPolicy)`;
}

/** Without the marks of Markdown. */
function plain(text: string): string {
  return text
    .replaceAll(/\[([^\]]+)\]\([^)]*\)/g, '$1')
    .replaceAll(/\s*\n\s*/g, ' ')
    .replaceAll('`', '');
}
