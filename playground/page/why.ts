// Why each object is let in or refused: which policies match, how strict its pods are, and where their values come from.
import type { ExplainedObject, ExplainedTemplate, ExplainedValue } from '../../src/index.ts';
import { element } from './elements.ts';

/** What explains the verdicts, one object after the other. */
export function whyView(explained: readonly ExplainedObject[]): HTMLElement {
  const views = explained.flatMap(({ object, templates, filledInAround }) => [
    element('h4', {}, `${object.kind} ${object.name}`),
    ...(templates.length === 0 ? [element('p', {}, 'It has no pod template that is judged.')] : []),
    ...templates.flatMap((template) => templateView(template, `${object.kind} ${object.name}`)),
    ...valueTable(filledInAround, `What was filled in around the pods of ${object.kind} ${object.name}`),
  ]);
  return element('div', {}, ...views);
}

function templateView(template: ExplainedTemplate, name: string): readonly HTMLElement[] {
  const { path, policies, capabilities, podSecurity, exceptions, values } = template;
  const lines = [
    ...policies.map(
      ({ policy, matches, reasons }) =>
        `Policy ${policy} ${matches ? 'matches' : 'does not match'}${inWords(reasons.map(({ text }) => text))}.`,
    ),
    ...capabilities.map(
      (granted) =>
        `It is granted capability class ${granted.capability}, by implementation ${granted.implementation} (allowed by ${granted.policies.join(', ')}).`,
    ),
    ...(podSecurity ? [`It meets the Pod Security level ${podSecurity.level} (${podSecurity.version}).`] : []),
    ...(podSecurity?.missed ?? []).map(
      ({ level, check, detail, fix }) => `For ${level} it misses ${check}: ${detail}. To fix: ${fix}.`,
    ),
    ...exceptions.map(
      ({ policy, check, reason, covers, unused }) =>
        `Policy ${policy} has an exception from ${check} (${reason}), which lets in ${covers} ${covers === 1 ? 'field' : 'fields'}${unused === undefined ? '' : `: ${unused}`}.`,
    ),
  ];
  const at = path === '' ? '' : ` at ${path}`;
  return [
    ...(at === '' ? [] : [element('p', {}, `The pod template${at}:`)]),
    element('ul', {}, ...lines.map((line) => element('li', {}, line))),
    ...valueTable(values, `Where the values of ${name}${at} come from`),
  ];
}

function inWords(reasons: readonly string[]): string {
  return reasons.length === 0 ? '' : `: ${reasons.join('; ')}`;
}

/** A table that can be scrolled by keyboard; nothing where there is no value. */
function valueTable(values: readonly ExplainedValue[], title: string): readonly HTMLElement[] {
  if (values.length === 0) return [];
  const head = ['Field', 'Value', 'From'].map((text) => element('th', { scope: 'col' }, text));
  const rows = values.map((value) =>
    element(
      'tr',
      {},
      element('td', {}, element('code', {}, value.path)),
      element('td', {}, value.name ?? (value.value === undefined ? '' : JSON.stringify(value.value))),
      element('td', {}, sourceOf(value)),
    ),
  );
  const table = element(
    'table',
    {},
    element('caption', {}, title),
    element('thead', {}, element('tr', {}, ...head)),
    element('tbody', {}, ...rows),
  );
  return [element('div', { class: 'scrolled', tabindex: '0', role: 'region', 'aria-label': title }, table)];
}

function sourceOf({ from, policy, fillIn, capability, implementation, means }: ExplainedValue): string {
  if (from === 'policy') return `policy ${policy ?? ''}${fillIn === undefined ? '' : `, fill-in ${fillIn}`}`;
  if (from === 'capability') return `capability class ${capability ?? ''}, ${implementation ?? ''}`;
  if (from === 'object') return 'the object around the pod template';
  if (from === 'kubernetes') return means === undefined ? 'not set' : `not set: ${means}`;
  return 'the manifest';
}
