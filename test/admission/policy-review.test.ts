// What /validate-policy answers: the command line's words for what is wrong, and nothing for what is nobody's concern.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { OwnSurroundings } from '../../src/admission/own-kinds.ts';
import { type AnsweredPolicyReview, reviewPolicy } from '../../src/admission/policy-review.ts';
import { isJsonObject, type JsonObject, ownField, stringField } from '../../src/model/json.ts';
import { loadPolicies } from '../../src/resources/load.ts';
import { BAD, HEAD } from '../resources/bad-files.ts';
import { DOUBTFUL, EVERYTHING } from '../resources/good-files.ts';
import { applyReply, type Outcome } from '../support/api-server.ts';
import { gateOf, policyYaml } from '../support/gate.ts';
import { asStored, policyDocument, policyDocuments } from '../support/policy-objects.ts';
import { randomCases } from '../support/random-cases.ts';

const WEBHOOK = { name: 'policies.validate.sandgate.dev', type: 'validate' } as const;
const SURROUNDINGS: OwnSurroundings = {
  staticPolicies: gateOf(policyYaml('static', 'harden: baseline')).policies,
  known: undefined,
  now: 0,
};

interface Sent {
  readonly operation?: string;
  readonly object?: unknown;
  readonly oldObject?: unknown;
  readonly name?: unknown;
  readonly subResource?: string;
  readonly kind?: JsonObject;
}

function reviewOf(sent: Sent): JsonObject {
  const request = {
    uid: 'r-1',
    kind: { group: 'sandgate.dev', version: 'v1alpha1', kind: 'IsolationPolicy' },
    resource: { group: 'sandgate.dev', version: 'v1alpha1', resource: 'isolationpolicies' },
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

function answered(sent: Sent): AnsweredPolicyReview & { readonly outcome: Outcome } {
  const review = reviewOf(sent);
  const handled = reviewPolicy(review, SURROUNDINGS);
  if (handled.status !== 200) throw new Error(handled.reply.message);
  const outcome = applyReply(WEBHOOK, review, handled.reply);
  expect(handled.allowed).toBe(outcome.result === 'allowed');
  return { ...handled, outcome };
}

function membersOf(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

function creating(yaml: string): Outcome {
  return answered({ object: asStored(policyDocument(yaml), 'u-1', 1) }).outcome;
}

test('a good policy passes without a word', () => {
  for (const yaml of [EVERYTHING, `${HEAD}spec: { harden: baseline }\n`]) {
    expect(creating(yaml)).toMatchObject({ result: 'allowed', warnings: [], operations: 0 });
  }
});

test('a broken one is refused as the API server itself refuses: every mistake, in the message and by field', () => {
  const outcome = creating(`${HEAD}spec: { hardn: x, podSecurity: { level: restrictd } }\n`);
  expect(outcome).toMatchObject({
    result: 'denied',
    code: 422,
    message:
      'admission webhook "policies.validate.sandgate.dev" denied the request: IsolationPolicy "agents" is invalid: ' +
      '/spec/hardn: unknown key (did you mean "harden"?); ' +
      '/spec/podSecurity/level: "restrictd" is not one of privileged, baseline, restricted (did you mean "restricted"?)',
    warnings: [],
  });
  expect(outcome.status).toMatchObject({
    reason: 'Invalid',
    details: {
      name: 'agents',
      group: 'sandgate.dev',
      kind: 'IsolationPolicy',
      causes: [
        { reason: 'FieldValueInvalid', field: 'spec.hardn', message: 'unknown key (did you mean "harden"?)' },
        { reason: 'FieldValueInvalid', field: 'spec.podSecurity.level' },
      ],
    },
  });
});

/** The command line's words for a document. */
function saidOfFile(document: unknown): readonly string[] {
  const result = loadPolicies([{ file: 'p.json', text: JSON.stringify(document) }]);
  return result.ok ? [] : result.problems.map((problem) => problem.message);
}

const BAD_DOCUMENTS = BAD.flatMap(({ name, text }) =>
  policyDocuments(text).map((document, index) => ({ name: `${name}, document ${index + 1}`, document })),
)
  .filter(({ document }) => stringField(ownField(document, 'metadata'), 'name') !== undefined)
  .filter(({ document }) => saidOfFile(document).length > 0);

test.each(BAD_DOCUMENTS)('refused in the words of the command line: $name', ({ document }) => {
  const { outcome } = answered({ object: asStored(document, 'u-1', 1) });
  expect(outcome.result).toBe('denied');
  for (const problem of saidOfFile(document)) expect(outcome.message).toContain(problem);
});

test.each(DOUBTFUL)('let in with a warning: $name', ({ spec, says }) => {
  const warnings = policyDocuments(HEAD + spec).flatMap((document) => answered({ object: document }).outcome.warnings);
  const said = warnings.map((warning) => warning.replace(/^IsolationPolicy "(agents|strict)": /, ''));
  expect(said).toEqual(says.map((line) => line.replace(/^1\.yaml:\d+:\d+: /, '')));
});

test('a name that a file has is refused', () => {
  const yaml =
    'apiVersion: sandgate.dev/v1alpha1\nkind: IsolationPolicy\nmetadata: { name: static }\nspec: { harden: x }\n';
  const { message } = creating(yaml);
  expect(message).toContain(
    'is invalid: /metadata/name: "static" is taken by a policy that the server has from a file (expected a name of its own); ' +
      '/spec/harden: "x" is not one of baseline, restricted',
  );
});

function updating(object: unknown, oldObject: unknown): Outcome {
  return answered({ operation: 'UPDATE', object, oldObject }).outcome;
}

function dying(object: JsonObject): JsonObject {
  return { ...object, metadata: { ...membersOf(object.metadata), deletionTimestamp: '2026-11-22T12:00:00Z' } };
}

describe('updates', () => {
  const broken = asStored(policyDocument(`${HEAD}spec: { harden: x }\n`), 'u-1', 1);
  const good = asStored(policyDocument(`${HEAD}spec: { harden: baseline }\n`), 'u-1', 1);
  const withoutFinalizers = { ...broken, metadata: { ...membersOf(broken.metadata), finalizers: [] } };

  test('a broken spec is refused, whatever was there before', () => {
    for (const oldObject of [good, { ...broken, spec: { harden: 'y' } }]) {
      expect(updating(broken, oldObject).result).toBe('denied');
    }
  });

  test('what leaves a broken spec alone passes, with a warning', () => {
    expect(updating(withoutFinalizers, broken)).toMatchObject({
      result: 'allowed',
      warnings: ['IsolationPolicy "agents": /spec/harden: "x" is not one of baseline, restricted'],
    });
  });

  test('an update of a policy whose name a file has taken since passes with a warning', () => {
    const metadata = { ...membersOf(good.metadata), name: 'static' };
    const stored = { ...good, metadata };
    const outcome = updating(stored, stored);
    expect(outcome.result).toBe('allowed');
    expect(outcome.warnings[0]).toContain('"static" is taken');
  });

  test('an unchanged spec does not help a creation', () => {
    expect(answered({ operation: 'CREATE', object: broken, oldObject: broken }).outcome.result).toBe('denied');
  });

  test('what is being deleted passes, by the word of the stored object alone', () => {
    expect(updating(dying(broken), dying(good))).toMatchObject({ result: 'allowed', warnings: [] });
    expect(updating(dying(broken), good).result).toBe('denied');
  });

  test('the status and deletions are not looked at', () => {
    expect(answered({ operation: 'UPDATE', subResource: 'status', object: broken, oldObject: good }).allowed).toBe(
      true,
    );
    expect(answered({ operation: 'DELETE', oldObject: broken }).allowed).toBe(true);
  });
});

describe('what does not belong here gets no answer that lets it in', () => {
  const pod = { group: '', version: 'v1', kind: 'Pod' };
  const stray: readonly { readonly name: string; readonly body: unknown; readonly says: string }[] = [
    {
      name: 'a pod',
      body: reviewOf({ kind: pod, object: {} }),
      says: 'request.kind: expected IsolationPolicy.sandgate.dev, CapabilityClass.sandgate.dev, IsolationException.sandgate.dev or WorkloadKind.sandgate.dev, got Pod: workloads go to /validate',
    },
    {
      name: 'a pod being deleted',
      body: reviewOf({ kind: pod, operation: 'DELETE' }),
      says: 'request.kind: expected IsolationPolicy.sandgate.dev, CapabilityClass.sandgate.dev, IsolationException.sandgate.dev or WorkloadKind.sandgate.dev, got Pod: workloads go to /validate',
    },
    {
      name: 'another group',
      body: reviewOf({ kind: { group: 'example.com', version: 'v1', kind: 'IsolationPolicy' }, object: {} }),
      says: 'request.kind: expected IsolationPolicy.sandgate.dev, CapabilityClass.sandgate.dev, IsolationException.sandgate.dev or WorkloadKind.sandgate.dev, got IsolationPolicy.example.com: workloads go to /validate',
    },
    { name: 'no object', body: reviewOf({}), says: 'request.object: expected an object, got nothing' },
    { name: 'no review', body: [], says: 'expected an AdmissionReview, got a list' },
    {
      name: 'an older review',
      body: { ...reviewOf({ object: {} }), apiVersion: 'admission.k8s.io/v1beta1' },
      says: "apiVersion: expected admission.k8s.io/v1, got admission.k8s.io/v1beta1: list v1 in the webhook's admissionReviewVersions",
    },
  ];
  test.each(stray)('a body that is $name is answered with a 400', ({ body, says }) => {
    expect(reviewPolicy(body, SURROUNDINGS)).toEqual({ status: 400, reply: { message: says } });
  });
});

describe('hostile objects', () => {
  test('a thousand mistakes are a message of bounded length and a bounded list', () => {
    const images = Array.from({ length: 1000 }, (_, i) => ({ image: `a${i}`, [`\u001b[2J\n${i}`]: 1 }));
    const { outcome } = answered({
      object: { ...policyDocument(`${HEAD}spec: {}\n`), spec: { identity: { images } } },
    });
    expect(outcome.message.length).toBeLessThan(8400);
    expect(outcome.message).toMatch(/ … and \d+ more$/);
    expect(outcome.message).not.toMatch(/\p{Cc}/u);
    expect(ownField(ownField(outcome.status, 'details'), 'causes')).toHaveLength(100);
    expect(JSON.stringify(outcome.status)).not.toContain('\u001b');
  });

  test('a thousand warnings are warnings that all arrive', () => {
    const images = Array.from({ length: 1000 }, (_, i) => ({ image: `a${i}`, tags: '<1.0.0', runAsUser: 1 }));
    const { outcome } = answered({
      object: { ...policyDocument(`${HEAD}spec: {}\n`), spec: { identity: { images } } },
    });
    expect(outcome.result).toBe('allowed');
    expect(outcome.lostWarnings).toEqual([]);
    expect(outcome.warnings.at(-1)).toMatch(/^and \d+ more warnings$/);
  });

  test.each([
    ['lists', (inner: unknown) => [inner]],
    ['objects', (inner: unknown) => ({ spec: inner })],
  ])('ten thousand %s in one another are refused in words', (_, wrap) => {
    let deep: unknown = 'x';
    for (let i = 0; i < 10_000; i++) deep = wrap(deep);
    const document = policyDocument(`${HEAD}spec: {}\n`);
    for (const object of [
      { ...document, spec: deep },
      { ...document, spec: { harden: deep } },
      { ...document, kind: deep },
      { ...document, spec: { podSecurity: { level: deep } } },
      { ...document, spec: { match: { kinds: deep, objectSelector: { matchLabels: { a: deep } } } } },
    ]) {
      const { outcome, fault } = answered({ object });
      expect(fault).toBeUndefined();
      expect(outcome.result).toBe('denied');
      expect(answered({ operation: 'UPDATE', object, oldObject: object }).outcome.result).toBe('allowed');
    }
  });

  const key = fc.oneof(
    fc.constantFrom('spec', 'harden', 'match', 'checks', 'identity', 'images', '__proto__', 'constructor', 'metadata'),
    fc.string(),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom('restricted', 'Deny', '\u001b[31m', '\ud800', '\u202e', null, true, -0, 1e308, []),
      fc.string(),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.array(fc.tuple(key, tie('value')), { maxLength: 5 }).map((pairs) => Object.fromEntries(pairs)),
    ),
  }));
  const specs = fc.record(
    {
      priority: value,
      match: fc.record({ namespaceSelector: value, kinds: value }, { requiredKeys: [] }),
      checks: value,
      podSecurity: fc.record({ level: value, version: value }, { requiredKeys: [] }),
      identity: fc.record({ images: value, runAsUser: value }, { requiredKeys: [] }),
      harden: value,
    },
    { requiredKeys: [] },
  );
  const operation = fc.constantFrom('CREATE', 'UPDATE', 'DELETE', 'CONNECT', '');

  test('any JSON at all: never throws, and what is answered is what the API server takes', () => {
    fc.assert(
      fc.property(
        fc.oneof(value, specs),
        fc.oneof(value, specs),
        value,
        operation,
        fc.string(),
        (spec, oldSpec, metadata, doing, uid) => {
          const document = policyDocument(`${HEAD}spec: {}\n`);
          const review = reviewOf({
            operation: doing,
            object: { ...document, metadata, spec },
            oldObject: { spec: oldSpec },
          });
          const request = { ...membersOf(review.request), uid };
          const handled = reviewPolicy({ ...review, request }, SURROUNDINGS);
          if (handled.status !== 200) throw new Error(handled.reply.message);
          const outcome = applyReply(WEBHOOK, { request }, handled.reply);
          expect(outcome.result).not.toBe('error');
          expect(outcome.lostWarnings).toEqual([]);
          expect(handled.fault).toBeUndefined();
          expect(handled.uid).toBe(uid);
          expect(outcome.message).not.toMatch(/\p{Cc}|\p{Bidi_Control}/u);
        },
      ),
      { numRuns: randomCases(3000) },
    );
    fc.assert(
      fc.property(value, (body) => [200, 400].includes(reviewPolicy(body, SURROUNDINGS).status)),
      { numRuns: randomCases(1000) },
    );
  });

  test('a bug of ours refuses the policy, and says that it is one', () => {
    const object = Object.defineProperty({}, 'spec', {
      enumerable: true,
      get: () => {
        throw new TypeError('oops');
      },
    });
    const { fault, outcome } = answered({ object, name: 'agents' });
    expect(fault).toBeInstanceOf(TypeError);
    expect(outcome).toMatchObject({ result: 'denied', code: 500 });
    expect(outcome.message).toContain('sandgate failed to judge isolationpolicies "agents", which is a bug in it');
  });
});
