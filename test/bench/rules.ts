// Three tables of `npm run bench:engine`: what each rule costs, what each shipped bundle costs beside `restricted`, and what each rule
// of the richest bundle costs.
// `node test/bench/rules.ts` prints these alone.
import { readFileSync } from 'node:fs';
import { mutate } from '../../src/engine/mutate.ts';
import { validate } from '../../src/engine/validate.ts';
import { viewOf } from '../../src/kubernetes/containers.ts';
import type { PodTemplate } from '../../src/kubernetes/pod.ts';
import { isPodTemplate } from '../../src/kubernetes/pod-shape.ts';
import { isJsonObject, type JsonObject, ownField } from '../../src/model/json.ts';
import { bundleFile, bundleNames, bundlesDirectory } from '../../src/resources/bundles.ts';
import { NO_REQUEST } from '../../src/rules/check.ts';
import { NO_NOTES, WHOLE_TEMPLATE } from '../../src/rules/fill-in.ts';
import { RULES } from '../../src/rules/index.ts';
import type { BoundRule, Rule } from '../../src/rules/rule.ts';
import { gateOf, subjectOf } from '../support/gate.ts';
import { costs } from './cost.ts';
import { podFor } from './pods.ts';

const FOLDER = bundlesDirectory();
const CLASSES = ['docker', 'nsjail', 'landjail'].map(textOf);
const RESTRICTED = gateOf(textOf('restricted'));
const AGENTS = gateOf(textOf('agents'));

function textOf(bundle: string): string {
  return readFileSync(bundleFile(FOLDER, bundle), 'utf8');
}

/** A row for each rule, with the parameters of all of its examples, on the reference pod: those of its checks that it passes. */
export function printRules(): void {
  const pod = filledBy(AGENTS, podFor('agents'));
  const template = templateOf(pod);
  const subject = subjectOf(pod);
  const heads = ['us to fill in', 'us to judge', 'of restricted'];
  console.log(`\n${'each rule, at its richest'.padEnd(44)}${heads.map((head) => head.padStart(15)).join('')}`);
  for (const rule of RULES) {
    const bound = richest(rule);
    if (bound.checks.length + bound.fillIns.length === 0) continue;
    const filled = fillAll(bound, template);
    const view = viewOf(filled);
    // What is found costs more, and few pods are in the wrong.
    const passing = bound.checks.filter(({ check }) => check(view, NO_REQUEST) === undefined);
    const [filling = 0, judging = 0, restricted = 0] = costs([
      () => fillAll(bound, template),
      () => {
        for (const { check } of passing) check(view, NO_REQUEST);
        return fillAll(bound, filled);
      },
      () => validate(subject, RESTRICTED),
    ]);
    const name = `${rule.key}: ${passing.length} of ${bound.checks.length} checks, ${bound.fillIns.length} fill-ins`;
    const cells = [filling.toFixed(2), judging.toFixed(2), `${(judging / restricted).toFixed(2)}x`];
    console.log(`${name.padEnd(44)}${cells.map((cell) => cell.padStart(15)).join('')}`);
  }
}

/** A row for each bundle, on a pod that it lets in, beside `restricted` on the same pod. */
export function printBundles(): void {
  const heads = ['us to mutate', 'us to validate', 'of restricted', 'both'];
  console.log(
    `\n${'each bundle, on a pod that it lets in'.padEnd(44)}${heads.map((head) => head.padStart(15)).join('')}`,
  );
  for (const bundle of bundleNames(FOLDER)) {
    const file = bundleFile(FOLDER, bundle);
    if (file.endsWith('class.yaml')) continue;
    const gate = gateOf([textOf(bundle), ...CLASSES]);
    const sent = podFor(bundle);
    // These two fill in nothing.
    const fillsNothing = bundle === 'restricted' || bundle === 'baseline' || bundle === 'agent-sandbox';
    const before = fillsNothing ? filledBy(AGENTS, sent) : sent;
    const after = subjectOf(filledBy(gate, before));
    const subject = subjectOf(before);
    for (const [name, by] of [
      [bundle, gate],
      ['restricted', RESTRICTED],
    ] as const) {
      const { verdict, findings } = validate(after, by);
      if (verdict !== 'allowed')
        throw new Error(`${name} does not let in the pod of ${bundle}: ${JSON.stringify(findings)}`);
    }
    const [mutating = 0, validating = 0, baseMutating = 0, baseValidating = 0] = costs([
      () => mutate(subject, gate),
      () => validate(after, gate),
      () => mutate(subject, RESTRICTED),
      () => validate(after, RESTRICTED),
    ]);
    const cells = [
      mutating.toFixed(1),
      validating.toFixed(1),
      `${(validating / baseValidating).toFixed(2)}x`,
      `${((mutating + validating) / (baseMutating + baseValidating)).toFixed(2)}x`,
    ];
    console.log(`${bundle.padEnd(44)}${cells.map((cell) => cell.padStart(15)).join('')}`);
  }
}

/** A row for each rule of a bundle, with its parameters there, on the pod that the bundle lets in; and for what the engine does besides. */
export function printRulesOf(bundle: string): void {
  const gate = gateOf(textOf(bundle));
  const [policy] = gate.policies.policies;
  if (!policy) throw new Error(`${bundle} is not a policy`);
  const sent = templateOf(podFor(bundle));
  const after = filledBy(gate, podFor(bundle));
  const filled = templateOf(after);
  const view = viewOf(filled);
  const subject = subjectOf(after);
  const rows = RULES.flatMap((rule) => {
    const checks = policy.checks.filter(({ id }) => rule.checks.some((one) => one.id === id));
    const fillIns = policy.fillIns.filter(({ id }) => rule.fillIns.some((one) => one.id === id));
    return checks.length + fillIns.length === 0 ? [] : [{ rule, checks, fillIns }];
  });
  const [whole = 0, restricted = 0, ...each] = costs([
    () => validate(subject, gate),
    () => validate(subject, RESTRICTED),
    ...rows.flatMap(({ checks, fillIns }) => [
      () => fillAll({ fillIns }, sent),
      () => {
        for (const { check } of checks) check(view, NO_REQUEST);
        return fillAll({ fillIns }, filled);
      },
    ]),
  ]);
  const heads = ['us to fill in', 'us to judge', 'of restricted'];
  const inAll = `${(whole / restricted).toFixed(2)}x of restricted`;
  console.log(`\n${`each rule of ${bundle}, ${inAll}`.padEnd(44)}${heads.map((head) => head.padStart(15)).join('')}`);
  for (const [index, { rule, checks, fillIns }] of rows.entries()) {
    const [filling = 0, judging = 0] = each.slice(index * 2);
    const cells = [filling.toFixed(2), judging.toFixed(2), `${(judging / restricted).toFixed(2)}x`];
    const name = `${rule.key}: ${checks.length} checks, ${fillIns.length} fill-ins`;
    console.log(`${name.padEnd(44)}${cells.map((cell) => cell.padStart(15)).join('')}`);
  }
}

function filledBy(gate: typeof AGENTS, object: JsonObject): JsonObject {
  const filled = mutate(subjectOf(object), gate).object ?? object;
  // As it comes back from the API server: other objects, of other shapes.
  const read: unknown = JSON.parse(JSON.stringify(filled));
  return isJsonObject(read) ? read : filled;
}

function templateOf(object: JsonObject) {
  if (!isPodTemplate(object)) throw new Error('expected a pod');
  return object;
}

function fillAll({ fillIns }: Pick<BoundRule, 'fillIns'>, template: PodTemplate): PodTemplate {
  let filled = template;
  for (const { fill } of fillIns) filled = fill(filled, WHOLE_TEMPLATE, NO_NOTES);
  return filled;
}

/**
 * What asks for the most checks and fill-ins: one of the rule's examples, or all of their parameters together, of each the
 * longest.
 */
function richest(rule: Rule<object>): BoundRule {
  const examples = [
    ...rule.examples,
    ...rule.checks.flatMap(({ examples: { pass, fail } }) => [...pass, ...fail]),
    ...rule.fillIns.flatMap((fillIn) => fillIn.examples),
  ];
  let all: unknown;
  for (const { parameters } of examples) all = richer(all, parameters);
  const candidates = [all, ...examples.map(({ parameters }) => parameters)];
  const bound = candidates.map((parameters) => rule.bind({ [rule.key]: parameters }));
  return bound.reduce((most, one) => (sizeOf(one) > sizeOf(most) ? one : most));
}

function sizeOf({ checks, fillIns }: BoundRule): number {
  return checks.length + fillIns.length;
}

function richer(one: unknown, other: unknown): unknown {
  if (!isJsonObject(one) || !isJsonObject(other)) return lengthOf(other) > lengthOf(one) ? other : one;
  const merged: Record<string, unknown> = { ...one };
  for (const [key, value] of Object.entries(other)) merged[key] = richer(ownField(one, key), value);
  return merged;
}

function lengthOf(value: unknown): number {
  if (value === undefined) return -1;
  return value === 'Ignore' ? 0 : JSON.stringify(value).length;
}

if (import.meta.main) {
  printRules();
  printBundles();
  printRulesOf('nanoclaw');
}
