// A tenant who wants out: the side doors, each tried. What fails here is an escape.
import { describe, expect, test } from 'vitest';
import { mutate } from '../../src/engine/mutate.ts';
import { validate } from '../../src/engine/validate.ts';
import type { Decision } from '../../src/model/decision.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { Subject } from '../../src/model/subject.ts';
import { WORKLOADS } from '../../src/workloads/index.ts';
import { gateOf, policyYaml, subjectOf } from '../support/gate.ts';

const gate = gateOf(policyYaml('strict', 'podSecurity: { level: restricted }\nharden: restricted'));

const privileged = { containers: [{ name: 'app', image: 'a', securityContext: { privileged: true } }] };

function pod(spec: unknown, metadata: JsonObject = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', ...metadata }, spec };
}

/** The verdict at the end of both webhooks, as the cluster would give it. */
function verdict(object: JsonObject, overrides: Partial<Subject> = {}): string {
  const filled = mutate(subjectOf(object, overrides), gate).object ?? object;
  return validate(subjectOf(filled, overrides), gate).verdict;
}

function pathsOf(decision: Decision): string[] {
  return decision.findings.flatMap(({ fields }) => fields.map(({ path }) => path));
}

describe('marks that anyone can write', () => {
  test('a mirror pod annotation of a tenant', () => {
    const forged = pod(privileged, { annotations: { 'kubernetes.io/config.mirror': 'x' } });
    expect(verdict(forged)).toBe('denied');
    const node = { username: 'system:node:n1', groups: ['system:nodes'] };
    expect(validate(subjectOf(forged, { user: node }), gate).skip).toBe('mirror-pod');
  });

  test('a user called like a node is none', () => {
    const forged = pod(privileged, { annotations: { 'kubernetes.io/config.mirror': 'x' } });
    expect(verdict(forged, { user: { username: 'system:node:n1', groups: ['system:authenticated'] } })).toBe('denied');
  });

  test('annotations and labels of our own', () => {
    const annotations = { 'sandgate.dev/status': 'injected', 'sandgate.dev/ignore': 'true' };
    expect(verdict(pod(privileged, { annotations, labels: annotations }))).toBe('denied');
  });

  test('a windows pod is still held to what Windows has', () => {
    expect(verdict(pod({ ...privileged, os: { name: 'windows' } }))).toBe('denied');
    expect(verdict(pod({ os: { name: 'windows' }, hostNetwork: true, containers: [{ name: 'a' }] }))).toBe('denied');
  });

  test('a look-alike of windows is Linux', () => {
    const decision = validate(subjectOf(pod({ os: { name: 'Windows' }, containers: [{ name: 'a' }] })), gate);
    expect(pathsOf(decision)).toContain('spec.containers[0].securityContext.allowPrivilegeEscalation');
  });
});

describe('every list of containers, in every kind', () => {
  const lists = ['containers', 'initContainers', 'ephemeralContainers'];
  const kinds = WORKLOADS.flatMap((row) => lists.map((list) => ({ row, list, name: `${row.kind} ${list}` })));

  test.each(kinds)('a violation is found in $name', ({ row, list }) => {
    const spec = { containers: [{ name: 'fine', image: 'a' }], [list]: privileged.containers };
    let object: JsonObject = { spec };
    for (const token of (row.templates[0] ?? '').split('/').slice(1).toReversed()) object = { [token]: object };
    const apiVersion = row.group === '' ? 'v1' : `${row.group}/${row.versions[0]}`;
    object = { ...object, apiVersion, kind: row.kind, metadata: { name: 'x' } };
    const strict = { ...gate, enforcement: () => 'Enforce' as const };
    const decision = validate(subjectOf(object), strict);
    expect(decision.verdict).toBe('denied');
    const finding = decision.findings.find((found) => found.check === 'privileged');
    const prefix = (row.templates[0] ?? '').slice(1).replaceAll('/', '.');
    expect(finding?.fields.map((field) => field.path)).toEqual([
      `${prefix === '' ? '' : `${prefix}.`}spec.${list}[0].securityContext.privileged`,
    ]);
  });
});

function sandbox(podTemplate: unknown): JsonObject {
  return { apiVersion: 'agents.x-k8s.io/v1beta1', kind: 'Sandbox', metadata: { name: 'box' }, spec: { podTemplate } };
}

describe('shapes that hide something', () => {
  test.each([
    [
      'containers as a map',
      { spec: { containers: { 0: privileged.containers[0] } } },
      'spec.podTemplate.spec.containers',
    ],
    ['a spec that is a string', { spec: 'privileged' }, 'spec.podTemplate.spec must be an object'],
    [
      'privileged as a string',
      { spec: { containers: [{ securityContext: { privileged: 'true' } }] } },
      'privileged must be true or false',
    ],
    ['a template that is a list', [{ spec: privileged }], 'spec.podTemplate must be an object'],
    [
      'a container that is null',
      { spec: { containers: [null] } },
      'spec.podTemplate.spec.containers[0] must be an object',
    ],
    ['labels that are numbers', { metadata: { labels: { a: 1 } }, spec: privileged }, 'labels.a must be a string'],
    [
      'a user that is a fraction',
      { spec: { containers: [{ securityContext: { runAsUser: 0.5 } }] } },
      'runAsUser must be an integer',
    ],
  ])('%s is refused by name', (_, template, named) => {
    const before = sandbox(template);
    const mutated = mutate(subjectOf(before), gate);
    expect(mutated.object).toBe(before);
    expect(mutated.warnings[0]).toContain(named);
    const decision = validate(subjectOf(before), gate);
    expect(decision.verdict).toBe('denied');
    expect(decision.findings[0]?.check).toBe('shape');
    expect(decision.findings[0]?.detail).toContain(named);
  });

  test('keys of the prototype are ordinary data', () => {
    const hostile: unknown = JSON.parse(
      '{"__proto__":{"hostUsers":false},"constructor":{"prototype":{"privileged":false}},"containers":[{"name":"a","securityContext":{"__proto__":{"allowPrivilegeEscalation":false,"runAsNonRoot":true}}}]}',
    );
    const decision = validate(subjectOf(pod(hostile)), gate);
    expect(pathsOf(decision)).toContain('spec.containers[0].securityContext.allowPrivilegeEscalation');
    expect(pathsOf(decision)).toContain('spec.securityContext.runAsNonRoot');
  });
});
