// What /validate-policy answers about CapabilityClasses, and about the classes that policies list.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { definitionOf } from '../../scripts/crd/custom-resource.ts';
import type { OwnSurroundings } from '../../src/admission/own-kinds.ts';
import { type AnsweredPolicyReview, reviewPolicy } from '../../src/admission/policy-review.ts';
import { isJsonObject, type JsonObject, ownField, stringField } from '../../src/model/json.ts';
import { OWN_KINDS } from '../../src/resources/index.ts';
import type { KnownResources } from '../../src/resources/kind.ts';
import { ROWS } from '../resources/capability-class/bad-classes.ts';
import { classYaml, saidOf } from '../resources/capability-class/class-files.ts';
import { applyReply, type Outcome } from '../support/api-server.ts';
import { DOCKER_CLASS } from '../support/docker-class.ts';
import { gateOf, policyYaml } from '../support/gate.ts';
import { asStored, classDocument, policyDocument } from '../support/policy-objects.ts';
import { randomCases } from '../support/random-cases.ts';

const WEBHOOK = { name: 'policies.validate.sandgate.dev', type: 'validate' } as const;
const FILES = gateOf([
  DOCKER_CLASS.replace('name: docker }', 'name: static }'),
  policyYaml('static', 'harden: baseline'),
]).policies;
const KNOWN: KnownResources = {
  policies: gateOf([DOCKER_CLASS, policyYaml('p', 'harden: baseline')]).policies,
  notInForce: (kind) => new Set(kind === 'CapabilityClass' ? ['nsjail'] : []),
  inNamespace: () => [],
};
const SURROUNDINGS: OwnSurroundings = { staticPolicies: FILES, known: KNOWN, now: 0 };

interface Sent {
  readonly operation?: string;
  readonly object?: unknown;
  readonly oldObject?: unknown;
}

function reviewOf(sent: Sent): JsonObject {
  const isPolicy = stringField(sent.object, 'kind') === 'IsolationPolicy';
  const kind = { group: 'sandgate.dev', version: 'v1alpha1', kind: isPolicy ? 'IsolationPolicy' : 'CapabilityClass' };
  const request = {
    uid: 'r-1',
    kind,
    resource: {
      group: 'sandgate.dev',
      version: 'v1alpha1',
      resource: isPolicy ? 'isolationpolicies' : 'capabilityclasses',
    },
    name: stringField(ownField(sent.object, 'metadata'), 'name') ?? '',
    operation: 'CREATE',
    userInfo: { username: 'admin', groups: ['system:masters'] },
    object: null,
    oldObject: null,
    dryRun: false,
    ...sent,
  };
  return { kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', request };
}

function answered(sent: Sent, surroundings = SURROUNDINGS): AnsweredPolicyReview & { readonly outcome: Outcome } {
  const review = reviewOf(sent);
  const handled = reviewPolicy(review, surroundings);
  if (handled.status !== 200) throw new Error(handled.reply.message);
  const outcome = applyReply(WEBHOOK, review, handled.reply);
  expect(handled.allowed).toBe(outcome.result === 'allowed');
  return { ...handled, outcome };
}

function creating(document: JsonObject, surroundings?: OwnSurroundings): Outcome {
  return answered({ object: asStored(document, 'u-1', 1) }, surroundings).outcome;
}

test('the kinds that are reviewed are those that are defined', () => {
  const defined = OWN_KINDS.map((own) => ownField(definitionOf(own).metadata, 'name'));
  expect(OWN_KINDS.map(({ plural, group }) => `${plural}.${group}`)).toEqual(defined);
});

const SHIPPED = join(import.meta.dirname, '../../policies/capabilities');

const SHIPPED_NAMES = readdirSync(SHIPPED, { withFileTypes: true }).filter((entry) => entry.isDirectory());

test.each(SHIPPED_NAMES)('the shipped class $name passes', ({ name }) => {
  const document = classDocument(readFileSync(join(SHIPPED, name, 'class.yaml'), 'utf8'));
  expect(creating(document)).toMatchObject({ result: 'allowed', operations: 0, lostWarnings: [] });
});

test('a broken one is refused as the API server itself refuses: every mistake, in the message and by field', () => {
  const outcome = creating(
    classDocument(
      DOCKER_CLASS.replace(
        'volumeMounts: [{ name: docker-run, mountPath: /run',
        'volumeMount: [{ name: docker-run, mountPath: /run',
      ).replace('authorization: Policy', 'authorization: Polcy'),
    ),
  );
  expect(outcome).toMatchObject({
    result: 'denied',
    code: 422,
    message:
      'admission webhook "policies.validate.sandgate.dev" denied the request: CapabilityClass "docker" is invalid: ' +
      '/spec/authorization: "Polcy" is not one of RBAC, Policy (did you mean "Policy"?); ' +
      '/spec/implementations/0/grant/volumeMount: unknown key (did you mean "volumeMounts"?)',
    warnings: [],
  });
  expect(outcome.status).toMatchObject({
    reason: 'Invalid',
    details: {
      name: 'docker',
      group: 'sandgate.dev',
      kind: 'CapabilityClass',
      causes: [
        { reason: 'FieldValueInvalid', field: 'spec.authorization' },
        { reason: 'FieldValueInvalid', field: 'spec.implementations[0].grant.volumeMount' },
      ],
    },
  });
});

test.each(ROWS)('refused in the words of the command line: $name', ({ bad }) => {
  const { result, message } = creating(classDocument(classYaml(bad)));
  expect(result).toBe('denied');
  const { problems } = saidOf(classYaml(bad));
  expect(problems.length).toBeGreaterThan(0);
  for (const problem of problems) expect(message).toContain(problem.replace(/^c\.yaml:\d+:\d+: /, ''));
});

describe('names', () => {
  test('one that a class of a file has is refused', () => {
    const { message } = creating(classDocument(DOCKER_CLASS.replace('name: docker }', 'name: static }')));
    expect(message).toContain(
      'CapabilityClass "static" is invalid: /metadata/name: "static" is taken by a class that the server has from a file',
    );
  });

  test('a policy of a file keeps no class from its name, and the other way round', () => {
    const surroundings: OwnSurroundings = {
      staticPolicies: gateOf([DOCKER_CLASS, policyYaml('other', 'harden: baseline')]).policies,
      known: undefined,
      now: 0,
    };
    const other = DOCKER_CLASS.replace('name: docker }', 'name: other }');
    expect(creating(classDocument(other), surroundings).result).toBe('allowed');
    expect(creating(policyDocument(policyYaml('docker', 'harden: baseline')), surroundings).result).toBe('allowed');
    expect(creating(classDocument(DOCKER_CLASS), surroundings).result).toBe('denied');
  });
});

describe('a policy that lists what is not there passes, with a warning', () => {
  test.each([
    ['[{ name: gpu }]', 'name: class gpu does not exist (yet)'],
    ['[{ name: dokcer }]', 'name: class dokcer does not exist (yet); did you mean "docker"?'],
    ['[{ name: nsjail }]', 'name: class nsjail is not in force: its status says why'],
    [
      '[{ name: docker, implementation: rootles }]',
      'implementation: "rootles" is not an implementation of class docker (did you mean "rootless"?)',
    ],
  ])('capabilities: %s draws the warning that %s', (capabilities, says) => {
    const outcome = creating(policyDocument(policyYaml('agents', `capabilities: ${capabilities}`)));
    expect(outcome).toMatchObject({
      result: 'allowed',
      warnings: [`IsolationPolicy "agents": /spec/capabilities/0/${says}`],
    });
  });

  test('without one where all is there, or nobody knows', () => {
    const listing = policyYaml('agents', 'capabilities: [{ name: docker, implementation: rootless }]');
    expect(creating(policyDocument(listing))).toMatchObject({ result: 'allowed', warnings: [] });
    const missing = policyDocument(policyYaml('agents', 'capabilities: [{ name: gpu }]'));
    expect(creating(missing, { staticPolicies: FILES, known: undefined, now: 0 })).toMatchObject({
      result: 'allowed',
      warnings: [],
    });
  });

  test('a policy is refused for what is wrong with it, whatever it lists', () => {
    const broken = policyDocument(policyYaml('agents', 'capabilities: [{ name: gpu }]\nharden: x'));
    expect(creating(broken).result).toBe('denied');
  });
});

describe('updates', () => {
  const broken = asStored(classDocument(DOCKER_CLASS.replace('grant:', 'grants:')), 'u-1', 1);
  const good = asStored(classDocument(DOCKER_CLASS), 'u-1', 1);

  test('what leaves a broken spec alone passes, with a warning; a broken spec does not', () => {
    const metadata = { ...(isJsonObject(broken.metadata) && broken.metadata), finalizers: [] };
    const outcome = answered({ operation: 'UPDATE', object: { ...broken, metadata }, oldObject: broken }).outcome;
    expect(outcome.result).toBe('allowed');
    expect(outcome.warnings[0]).toContain('/spec/implementations/0/grants: unknown key');
    expect(answered({ operation: 'UPDATE', object: broken, oldObject: good }).allowed).toBe(false);
  });

  test('a deletion passes, also of an object that is not valid', () => {
    expect(answered({ operation: 'DELETE', oldObject: broken }).allowed).toBe(true);
  });
});

describe('hostile objects', () => {
  test.each([
    ['lists', (inner: unknown) => [inner]],
    ['objects', (inner: unknown) => ({ spec: inner })],
  ])('ten thousand %s in one another are refused in words', (_, wrap) => {
    let deep: unknown = 'x';
    for (let i = 0; i < 10_000; i++) deep = wrap(deep);
    const document = classDocument(DOCKER_CLASS);
    const implementation = { name: 'a', template: { spec: { containers: [{ name: 'a', image: 'x', env: deep }] } } };
    for (const object of [
      { ...document, spec: deep },
      { ...document, spec: { implementations: deep } },
      { ...document, spec: { implementations: [deep] } },
      { ...document, spec: { implementations: [{ name: 'a', template: deep }] } },
      { ...document, spec: { implementations: [{ name: 'a', template: { spec: deep } }] } },
      { ...document, spec: { implementations: [implementation] } },
      { ...document, spec: { implementations: [{ name: 'a', grant: deep }] } },
    ]) {
      const { outcome, fault } = answered({ object });
      expect(fault).toBeUndefined();
      expect(outcome.result).toBe('denied');
      expect(answered({ operation: 'UPDATE', object, oldObject: object }).outcome.result).toBe('allowed');
    }
  });

  const names = [
    'spec',
    'implementations',
    'template',
    'grant',
    'containers',
    'env',
    'name',
    '__proto__',
    'constructor',
    'when',
  ];
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom('docker', 'RBAC', 'true', '\u001b[31m', '\ud800', '\u202e', null, true, -0, 1e308, []),
      fc.string(),
      fc.array(tie('value'), { maxLength: 4 }),
      fc
        .array(fc.tuple(fc.oneof(fc.constantFrom(...names), fc.string()), tie('value')), { maxLength: 5 })
        .map((pairs) => Object.fromEntries(pairs)),
    ),
  }));

  test('any JSON at all: never throws, and what is answered is what the API server takes', () => {
    const document = classDocument(DOCKER_CLASS);
    fc.assert(
      fc.property(value, value, fc.constantFrom('CREATE', 'UPDATE', 'CONNECT', ''), (spec, metadata, operation) => {
        const { outcome, fault } = answered({
          operation,
          object: { ...document, metadata, spec },
          oldObject: { spec: 1 },
        });
        expect(outcome.result).not.toBe('error');
        expect(outcome.lostWarnings).toEqual([]);
        expect(fault).toBeUndefined();
        expect(outcome.message).not.toMatch(/\p{Cc}|\p{Bidi_Control}/u);
      }),
      { numRuns: randomCases(2000) },
    );
  });
});
