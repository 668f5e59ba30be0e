// What becomes of an object at both webhooks, for tests of rules.
import { expect } from 'vitest';
import { patchBetween } from '../../src/engine/diff.ts';
import type { Gate } from '../../src/engine/gate.ts';
import { mutate } from '../../src/engine/mutate.ts';
import { validate } from '../../src/engine/validate.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { Subject } from '../../src/model/subject.ts';
import { acceptPolicy } from '../../src/resources/isolation-policy/accept.ts';
import { WORKLOADS } from '../../src/workloads/index.ts';
import type { Workload } from '../../src/workloads/workload.ts';
import { subjectOf } from '../support/gate.ts';
import { applyPatch } from '../support/json-patch.ts';

export interface Outcome {
  readonly object: JsonObject;
  readonly verdict: string;
  /** `check: path`, of what is denied. */
  readonly denied: readonly string[];
  /** `check: path`, of what is warned about. */
  readonly warned: readonly string[];
  /** What the mutating webhook says. */
  readonly warnings: readonly string[];
  /** `reason (detail)` of each finding. */
  readonly says: readonly string[];
}

export function podOf(spec: object, metadata: object = { name: 'web' }): JsonObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec };
}

/** Filled in, as the API server would apply the patch, and then judged. A second mutation must change nothing. */
export function through(object: JsonObject, gate: Gate, overrides: Partial<Subject> = {}): Outcome {
  const mutated = mutate(subjectOf(object, overrides), gate);
  const filled = mutated.object ?? object;
  expect(applyPatch(object, patchBetween(object, filled))).toEqual(JSON.parse(JSON.stringify(filled)));
  const again = mutate(subjectOf(filled, overrides), gate);
  expect(again.object ?? filled).toBe(filled);
  return { ...judged(filled, gate, overrides), warnings: mutated.warnings };
}

/** Judged without being filled in before. */
export function judged(object: JsonObject, gate: Gate, overrides: Partial<Subject> = {}): Outcome {
  const { verdict, findings } = validate(subjectOf(object, overrides), gate);
  const places = (action: string): readonly string[] =>
    findings
      .filter((finding) => finding.action === action)
      .flatMap(({ check, fields }) => fields.map(({ path }) => `${check}: ${path}`));
  const says = findings.map(({ reason, detail }) => `${reason} (${detail})`);
  return { object, verdict, denied: places('Deny'), warned: places('Warn'), warnings: [], says };
}

/** The template inside an object of every kind, by the kind's name. */
export function inEveryKind(template: JsonObject): readonly (readonly [string, JsonObject, string])[] {
  return WORKLOADS.map((row) => [row.kind, objectOfKind(row, template), prefixOf(row)]);
}

/** Where the template of a kind stands, with a dot at the end. */
function prefixOf(row: Workload): string {
  const prefix = (row.templates[0] ?? '').slice(1).replaceAll('/', '.');
  return prefix === '' ? '' : `${prefix}.`;
}

function objectOfKind(row: Workload, template: JsonObject): JsonObject {
  let object = template;
  for (const token of (row.templates[0] ?? '').split('/').slice(1).toReversed()) object = { [token]: object };
  const apiVersion = row.group === '' ? 'v1' : `${row.group}/${row.versions[0]}`;
  return { ...object, apiVersion, kind: row.kind, metadata: { name: 'x' } };
}

export function sandboxOf(podTemplate: object, kind = 'Sandbox'): JsonObject {
  const group = kind === 'Sandbox' ? 'agents.x-k8s.io' : 'extensions.agents.x-k8s.io';
  return { apiVersion: `${group}/v1beta1`, kind, metadata: { name: 'box' }, spec: { podTemplate } };
}

/** A list, of what is one; no members otherwise. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** What is said of a policy with these parameters of a rule alone. */
export function problemsOf(rule: string, parameters: object): { readonly errors: number; readonly warnings: string[] } {
  const document = { apiVersion: 'sandgate.dev/v1alpha1', kind: 'IsolationPolicy', metadata: { name: 'p' } };
  const { errors, warnings } = acceptPolicy({ ...document, spec: { [rule]: parameters } }, 'p');
  return { errors: errors.length, warnings: warnings.map(({ message }) => message) };
}
