// What stands beside the editors, made anew of every outcome.
import type { CheckResult, Problem } from '../../src/index.ts';
import type { Outcome } from '../outcome.ts';
import { element } from './elements.ts';
import { whyView } from './why.ts';

/** Goes to a place in one of the editors. */
export type GoTo = (editor: 'policies' | 'manifests', line: number, column: number) => void;

/**
 * The sections of the results.
 * @param isOpen whether a section was open before, by its title, so that it stays as the visitor left it
 */
export function resultsOf(outcome: Outcome, goTo: GoTo, isOpen: (title: string) => boolean): readonly HTMLElement[] {
  const { policyProblems, policyWarnings, manifestProblems, results, notes, difference } = outcome;
  const sections = [
    problemList('Mistakes in the policies', policyProblems, 'error', (line, column) => goTo('policies', line, column)),
    problemList('Warnings about the policies', policyWarnings, 'warning', (line, column) =>
      goTo('policies', line, column),
    ),
    problemList('Mistakes in the manifests', manifestProblems, 'error', (line, column) =>
      goTo('manifests', line, column),
    ),
    ...results.map((result) => verdict(result, (line, column) => goTo('manifests', line, column))),
    ...(notes.length > 0 ? [titled('What was assumed', list(notes.map((note) => [note])))] : []),
  ].filter((section) => section !== undefined);
  if (policyProblems.length > 0) return sections;
  return [
    ...sections,
    folded('What is filled in', differenceView(difference), isOpen),
    folded('Why', whyView(outcome.explained), isOpen),
    replyView(outcome, isOpen),
  ];
}

function problemList(
  title: string,
  problems: readonly Problem[],
  severity: string,
  goTo: (line: number, column: number) => void,
): HTMLElement | undefined {
  if (problems.length === 0) return undefined;
  const rows = problems.map(({ line, column, message }) => [
    place(line, () => goTo(line, column)),
    ' ',
    element('span', { class: severity }, message),
  ]);
  return titled(title, list(rows));
}

function verdict(result: CheckResult, goTo: (line: number, column: number) => void): HTMLElement {
  const { object, findings, warnings, skipReason, deniedAt } = result;
  const name = object.namespace ? `${object.namespace}/${object.name}` : object.name;
  const title = element(
    'h3',
    {},
    element('span', { class: `verdict ${result.verdict}` }, result.verdict),
    ` ${object.kind} ${name}`,
  );
  const remarks = [
    ...(skipReason ? [`It was skipped: ${skipReason}.`] : []),
    ...(deniedAt === 'pod' ? ['A cluster would store it with warnings, and refuse its pods.'] : []),
  ];
  return element(
    'article',
    { class: 'object', 'data-verdict': result.verdict },
    title,
    ...remarks.map((remark) => element('p', {}, remark)),
    ...(findings.length > 0 ? [element('h4', {}, 'Findings'), list(findings.map((one) => finding(one, goTo)))] : []),
    ...(warnings.length > 0 ? [element('h4', {}, 'Warnings'), list(warnings.map((one) => [one]))] : []),
  );
}

/** What is done about a finding, by the action of its policy. */
const ACTIONS: Readonly<Record<CheckResult['findings'][number]['action'], readonly [word: string, severity: string]>> =
  {
    Deny: ['denies', 'error'],
    Warn: ['warns', 'warning'],
    Audit: ['records', 'info'],
  };

function finding(one: CheckResult['findings'][number], goTo: (line: number, column: number) => void): readonly Part[] {
  const { check: id, policy, action, reason, detail, path, fix, exception } = one;
  const { line, column } = one.place;
  const [word, severity] = exception ? (['is excepted from', 'info'] as const) : ACTIONS[action];
  const by = exception
    ? `Let in by ${exception.name ?? 'an exception of the policy'}: ${exception.reason}.`
    : undefined;
  return [
    place(line, () => goTo(line, column)),
    ' ',
    element('strong', { class: severity }, id),
    ` (policy ${policy} ${exception ? 'has an exception' : word}): ${reason}: ${detail}`,
    element('br', {}),
    'Field ',
    element('code', {}, path),
    ...(fix === undefined ? [] : ['. To fix: ', fix]),
    ...(by === undefined ? [] : [element('br', {}), by]),
  ];
}

function differenceView(lines: Outcome['difference']): HTMLElement {
  if (lines.length === 0) return element('p', {}, 'Nothing: the manifests stay as they are written.');
  const shown = lines.map(({ kind, text }) => element('span', { class: kind }, text));
  return element(
    'pre',
    { class: 'difference', tabindex: '0', role: 'region', 'aria-label': 'Difference, as unified' },
    ...shown,
  );
}

/** The replies, as an API server gets them, of one object after the other. */
function replyView({ replies }: Outcome, isOpen: (title: string) => boolean): HTMLElement {
  const views = replies.flatMap(({ object, mutate, validate }) => [
    json(`Reply of the mutating webhook for ${object.kind} ${object.name}`, mutate),
    json(`Reply of the validating webhook for ${object.kind} ${object.name}`, validate),
  ]);
  return folded('What the API server gets in reply', element('div', {}, ...views), isOpen);
}

function json(title: string, value: object): HTMLElement {
  const text = JSON.stringify(value, null, 2);
  return titled(title, element('pre', { tabindex: '0', role: 'region', 'aria-label': title }, text), 'h4');
}

type Part = Node | string;

function list(rows: readonly (readonly Part[])[]): HTMLElement {
  return element('ul', {}, ...rows.map((row) => element('li', {}, ...row)));
}

function place(line: number, goTo: () => void): HTMLElement {
  return element('button', { type: 'button', class: 'place', click: goTo }, `line ${line}`);
}

function titled(title: string, content: HTMLElement, heading = 'h3'): HTMLElement {
  return element('div', { class: heading === 'h3' ? 'object' : 'part' }, element(heading, {}, title), content);
}

function folded(title: string, content: HTMLElement, isOpen: (title: string) => boolean): HTMLElement {
  const open = isOpen(title) ? { open: '' } : {};
  return element('details', { 'data-title': title, ...open }, element('summary', {}, title), content);
}
