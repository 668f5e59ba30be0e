// The conditions as an implementation of CEL evaluates them: our own, which is not the API server's. That the API server
// takes them, too, is tested against a real one.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchConditions } from '../../../scripts/registration/conditions.ts';
import { createEnvironment } from '../../../src/cel/environment.ts';
import { mutate } from '../../../src/engine/mutate.ts';
import { validate } from '../../../src/engine/validate.ts';
import { isJsonObject, type JsonObject } from '../../../src/model/json.ts';
import { gateOf, policyYaml, subjectOf } from '../../support/gate.ts';
import { podTemplate } from '../../support/pods.ts';
import { randomCases } from '../../support/random-cases.ts';

const CEL = createEnvironment({ variables: { object: 'dyn', oldObject: 'dyn', request: 'dyn' }, types: {} });
const OURSELVES = 'system:serviceaccount:sandgate:sandgate';

interface Request {
  readonly operation: string;
  readonly subResource?: string;
  readonly username?: string;
  readonly object?: JsonObject | null;
  readonly oldObject?: JsonObject | null;
}

/** The names of the conditions that keep a request from us. */
function sparedBy(request: Request, ourselves: string | undefined = OURSELVES): string[] {
  const { object = null, oldObject = null, username = 'tenant', ...rest } = request;
  const variables = { object, oldObject, request: { ...rest, userInfo: { username, groups: [] } } };
  // As JSON has them: there, a field is absent or has a value.
  const sent: unknown = JSON.parse(JSON.stringify(variables));
  if (!isJsonObject(sent)) throw new Error('an object stays one');
  return matchConditions(ourselves)
    .filter(({ expression }) => !isTrue(expression, sent))
    .map(({ name }) => name);
}

function isTrue(expression: string, values: JsonObject): boolean {
  const compiled = CEL.compile(expression, 'bool');
  if (!compiled.ok) throw new Error(`${expression}: ${compiled.message}`);
  const evaluation = compiled.expression.evaluate(values);
  return evaluation.ok && evaluation.value === true;
}

const METADATA: JsonObject = {
  name: 'web',
  namespace: 'agents',
  resourceVersion: '1',
  labels: { app: 'web' },
  annotations: { note: 'one' },
  managedFields: [{ manager: 'kubectl', time: '2026-01-01T00:00:00Z' }],
};
const POD: JsonObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: METADATA,
  spec: { containers: [{ name: 'app', image: 'nginx' }] },
  status: { phase: 'Pending' },
};

const SANDBOX: JsonObject = { apiVersion: 'agents.x-k8s.io/v1beta1', kind: 'Sandbox', metadata: METADATA };

function withMetadata(changes: JsonObject): JsonObject {
  const metadata = { ...METADATA, ...changes };
  return { ...POD, metadata: Object.fromEntries(Object.entries(metadata).filter(([, value]) => value !== undefined)) };
}

describe('an object', () => {
  test('is looked at when it is created, whoever says what in it', () => {
    expect(sparedBy({ operation: 'CREATE', object: POD })).toEqual([]);
    expect(
      sparedBy({ operation: 'CREATE', object: withMetadata({ deletionTimestamp: '2026-01-01T00:00:00Z' }) }),
    ).toEqual([]);
  });

  test.each([
    { what: 'nothing', object: POD },
    { what: 'the resource version', object: withMetadata({ resourceVersion: '2' }) },
    { what: 'who manages which field', object: withMetadata({ managedFields: [{ manager: 'argocd' }] }) },
    { what: 'that anybody does', object: withMetadata({ managedFields: undefined }) },
    { what: 'finalizers', object: withMetadata({ finalizers: ['example.com/wait'] }) },
    { what: 'owners', object: withMetadata({ ownerReferences: [{ kind: 'Sandbox', name: 'web' }] }) },
  ])('is spared where an update changes $what', ({ object }) => {
    expect(sparedBy({ operation: 'UPDATE', object, oldObject: POD })).toEqual(['changes-something']);
    expect(sparedBy({ operation: 'UPDATE', object: POD, oldObject: object })).toEqual(['changes-something']);
  });

  test.each([
    { what: 'a label', object: withMetadata({ labels: { app: 'db' } }) },
    { what: 'all labels', object: withMetadata({ labels: undefined }) },
    { what: 'an annotation', object: withMetadata({ annotations: { note: 'two' } }) },
    { what: 'a finalizer and a label', object: withMetadata({ finalizers: ['a'], labels: { app: 'db' } }) },
    { what: 'a finalizer and the spec', object: { ...withMetadata({ finalizers: ['a'] }), spec: {} } },
    { what: 'an image', object: { ...POD, spec: { containers: [{ name: 'app', image: 'httpd' }] } } },
    { what: 'a container', object: { ...POD, spec: { containers: [{ name: 'app', image: 'nginx' }, { name: 'b' }] } } },
    { what: 'the order of containers', object: { ...POD, spec: { containers: [{ name: 'b' }, { name: 'a' }] } } },
    { what: 'the spec to null', object: { ...POD, spec: null } },
    { what: 'the status', object: { ...POD, status: { phase: 'Running' } } },
    { what: 'a field beside the spec', object: { ...POD, template: {} } },
  ])('is looked at where an update changes $what', ({ object }) => {
    expect(sparedBy({ operation: 'UPDATE', object, oldObject: POD })).toEqual([]);
    expect(sparedBy({ operation: 'UPDATE', object: POD, oldObject: object })).toEqual([]);
  });

  test('is spared once it is being deleted, which only the stored object tells', () => {
    const dying = withMetadata({ deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['a'] });
    const freed = withMetadata({ deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: [], labels: {} });
    expect(sparedBy({ operation: 'UPDATE', object: freed, oldObject: dying })).toEqual(['not-being-deleted']);
    expect(sparedBy({ operation: 'UPDATE', object: dying, oldObject: POD })).toEqual([]);
  });

  test('gets no container by an end of its own', () => {
    const dying = withMetadata({ deletionTimestamp: '2026-01-01T00:00:00Z' });
    const object = { ...dying, spec: { containers: [], ephemeralContainers: [{ name: 'shell' }] } };
    const request: Request = { operation: 'UPDATE', subResource: 'ephemeralcontainers', object, oldObject: dying };
    expect(sparedBy(request)).toEqual([]);
    expect(sparedBy({ ...request, subResource: '' })).toEqual(['not-being-deleted']);
  });

  test('what we make ourselves is not sent to us', () => {
    expect(sparedBy({ operation: 'CREATE', object: POD, username: OURSELVES })).toEqual(['not-ourselves']);
    expect(sparedBy({ operation: 'CREATE', object: POD, username: `${OURSELVES}2` })).toEqual([]);
    expect(sparedBy({ operation: 'CREATE', object: POD, username: OURSELVES }, 'somebody-else')).toEqual([]);
  });

  test('a user name is taken as text, not as CEL', () => {
    const odd = 'a" || true || "\\b\n';
    expect(sparedBy({ operation: 'CREATE', object: POD }, odd)).toEqual([]);
    expect(sparedBy({ operation: 'CREATE', object: POD, username: odd }, odd)).toEqual(['not-ourselves']);
  });
});

test('nothing that is spared would have been refused or filled in', () => {
  const gate = gateOf(policyYaml('all', 'podSecurity: { level: restricted }\nharden: restricted'));
  const bookkeeping = fc.record(
    { resourceVersion: fc.string(), managedFields: fc.array(fc.constant({})) },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(podTemplate, bookkeeping, bookkeeping, ({ metadata, spec }, before, after) => {
      // No API server stores two containers of one name.
      for (const list of [spec?.containers, spec?.initContainers, spec?.ephemeralContainers]) {
        fc.pre(new Set(list?.map((container) => container.name)).size === (list?.length ?? 0));
      }
      for (const object of [POD, SANDBOX]) {
        const holding = (changes: JsonObject): JsonObject =>
          object === POD
            ? { ...POD, metadata: { ...metadata, ...changes }, spec }
            : { ...SANDBOX, metadata: { ...METADATA, ...changes }, spec: { podTemplate: { metadata, spec } } };
        const request = { operation: 'UPDATE', object: holding(after), oldObject: holding(before) };
        expect(sparedBy(request)).toEqual(['changes-something']);
        expect(validate(subjectOf(request.object, request), gate).verdict).not.toBe('denied');
        expect(mutate(subjectOf(request.object, request), gate).verdict).toBe('skipped');
      }
    }),
    { numRuns: randomCases(300) },
  );
});

test('without a name of our own there is nothing to tell us by', () => {
  expect(matchConditions(undefined).map((condition) => condition.name)).toEqual([
    'not-being-deleted',
    'changes-something',
  ]);
});
