// Reviews of IsolationExceptions as they are written: what could never act is refused, and what may act later is warned about.
import { describe, expect, test } from 'vitest';
import type { OwnSurroundings } from '../../src/admission/own-kinds.ts';
import { reviewPolicy } from '../../src/admission/policy-review.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { ISOLATION_EXCEPTION } from '../../src/resources/isolation-exception/index.ts';
import { ISOLATION_POLICY } from '../../src/resources/isolation-policy/index.ts';
import { knownIn, openSnapshot, withObjects } from '../../src/resources/snapshot.ts';
import { exceptionObject, exceptionYaml } from '../support/exceptions.ts';
import { gateOf, policyYaml } from '../support/gate.ts';
import { asStored, policyObject } from '../support/policy-objects.ts';

const NOW = Date.parse('2027-01-01T12:00:00Z');
const FILES = gateOf([
  policyYaml('static', 'podSecurity: { level: baseline }\nexceptions: { allow: true }'),
  exceptionYaml('file', 'checks: [privileged], images: [a]').replace('policy: p,', 'policy: static,'),
]).policies;

/** A cluster with policies that allow more and less, and exceptions in force in one namespace. */
function cluster(inNamespace = 1): OwnSurroundings {
  const policies = [
    policyObject(policyYaml('p', 'podSecurity: { level: baseline }\nexceptions: { allow: true, maxDays: 30 }'), 'u-1'),
    policyObject(policyYaml('closed', 'podSecurity: { level: baseline }'), 'u-2'),
    policyObject(
      policyYaml(
        'some',
        'podSecurity: { level: baseline }\nexceptions: { allow: true, forbiddenChecks: [privileged] }',
      ),
      'u-3',
    ),
    policyObject(policyYaml('broken', 'podSecurity: { lvl: baseline }'), 'u-4'),
  ];
  const exceptions = Array.from({ length: inNamespace }, (_, index) =>
    exceptionObject(exceptionYaml(`e${index}`, 'checks: [privileged], images: [a]'), `e-${index}`),
  );
  const withPolicies = withObjects(openSnapshot(FILES), ISOLATION_POLICY, policies);
  const snapshot = withObjects(withPolicies, ISOLATION_EXCEPTION, exceptions);
  return { staticPolicies: FILES, known: knownIn(snapshot), now: NOW };
}

interface Said {
  readonly allowed: boolean;
  readonly says: readonly string[];
}

function review(yaml: string, surroundings = cluster(), old?: JsonObject): Said {
  const { document: object } = exceptionObject(yaml);
  const request = {
    uid: 'r-1',
    kind: { group: 'sandgate.dev', version: 'v1alpha1', kind: 'IsolationException' },
    resource: { group: 'sandgate.dev', version: 'v1alpha1', resource: 'isolationexceptions' },
    operation: old ? 'UPDATE' : 'CREATE',
    namespace: 'agents',
    userInfo: { username: 'tenant' },
    object,
    ...(old && { oldObject: old }),
  };
  const handled = reviewPolicy({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request }, surroundings);
  if (handled.status !== 200) throw new Error(handled.reply.message);
  const { allowed, status, warnings = [] } = handled.reply.response;
  return { allowed, says: [...(status ? [status.message] : []), ...warnings] };
}

/** An exception from this policy that ends at this time. */
function from(policy: string, expires = '2027-01-31', checks = 'privileged'): string {
  const spec = `checks: [${checks}], images: ["ghcr.io/acme/vpn"], expires: "${expires}"`;
  return exceptionYaml('new', spec).replace('policy: p,', `policy: ${policy},`);
}

test('an exception that its policy allows is let in without a word', () => {
  expect(review(from('p'))).toEqual({ allowed: true, says: [] });
  expect(review(from('static', '2099-01-01'))).toEqual({ allowed: true, says: [] });
});

describe('one that could never act is refused with the reason', () => {
  test.each([
    [
      from('closed'),
      '/spec/policy: policy "closed" allows no exceptions (its spec.exceptions does not say allow: true)',
    ],
    [from('some'), '/spec/checks/0: policy "some" allows no exceptions from privileged'],
    [
      from('some', '2027-01-31', 'procMount, privileged'),
      '/spec/checks/1: policy "some" allows no exceptions from privileged',
    ],
    [from('p', '2026-12-31'), '/spec/expires: "2026-12-31" is over: it excepts nothing'],
    [from('p', '2027-01-01T12:00:00Z'), '/spec/expires: "2027-01-01T12:00:00Z" is over: it excepts nothing'],
    [
      from('p', '2027-02-01'),
      '/spec/expires: "2027-02-01" is too far away: policy "p" allows 30 days (expected 2027-01-31 at the latest)',
    ],
    [from('gone', '2026-01-01'), '/spec/expires: "2026-01-01" is over: it excepts nothing'],
    [from('p', '2027-01-31', 'privilege'), '/spec/checks/0: "privilege" is not known (did you mean "privileged"?)'],
  ])('exception %# is not stored, and its author reads why', (yaml, says) => {
    expect(review(yaml)).toEqual({ allowed: false, says: [`IsolationException "new" is invalid: ${says}`] });
  });

  test('one that a file has the name of, in its namespace', () => {
    expect(review(from('p').replace('name: new', 'name: file'))).toMatchObject({ allowed: false });
    expect(review(from('p').replace('name: new, namespace: agents', 'name: file, namespace: other'))).toMatchObject({
      allowed: true,
    });
  });

  test('one that its namespace has no room for', () => {
    const full = cluster(100);
    expect(review(from('p'), full)).toEqual({
      allowed: false,
      says: [
        'IsolationException "new" is invalid: /metadata/namespace: namespace "agents" has 100 isolation exceptions (expected at most 100)',
      ],
    });
    expect(review(from('p').replace('namespace: agents', 'namespace: other'), full).allowed).toBe(true);
    // An update takes no room.
    const edited = from('p').replace('name: new', 'name: e7');
    expect(
      review(edited, full, exceptionObject(exceptionYaml('e7', 'checks: [procMount], images: [a]')).document),
    ).toEqual({
      allowed: true,
      says: [],
    });
  });
});

describe('one that may act later is let in with a warning, since objects are written in any order', () => {
  test.each([
    [from('agents'), 'policy "agents" does not exist (yet)'],
    [from('statik'), 'policy "statik" does not exist (yet); did you mean "static"?'],
    [from('broken'), 'policy "broken" is not in force: its status says why'],
  ])('exception %# is stored, and its author reads what is missing', (yaml, says) => {
    expect(review(yaml)).toEqual({ allowed: true, says: [`IsolationException "new": /spec/policy: ${says}`] });
  });

  test('also where the policy finds nothing by the check today', () => {
    expect(review(from('p', '2027-01-31', 'runAsNonRoot'))).toEqual({
      allowed: true,
      says: [
        'IsolationException "new": /spec/checks/0: policy "p" finds nothing by runAsNonRoot: podSecurity baseline:latest does not include the check',
      ],
    });
  });

  test('while it is not known which policies there are, nothing is said to be missing', () => {
    const starting: OwnSurroundings = { staticPolicies: FILES, known: knownIn(openSnapshot(FILES)), now: NOW };
    expect(review(from('agents'), starting)).toEqual({ allowed: true, says: [] });
  });
});

test('one that has ended can still be labelled and lose its finalizers, but not be edited', () => {
  const over = exceptionObject(from('p', '2026-06-30')).document;
  expect(review(from('p', '2026-06-30'), cluster(), over)).toEqual({
    allowed: true,
    says: ['IsolationException "new": /spec/expires: "2026-06-30" is over: it excepts nothing'],
  });
  expect(review(from('p', '2026-07-30'), cluster(), over).allowed).toBe(false);
  expect(review(from('p', '2027-01-30'), cluster(), over)).toEqual({ allowed: true, says: [] });
});

test('what the API server adds to an object is not held against it', () => {
  const { document } = exceptionObject(from('p'));
  expect(document).toEqual(asStored(document, 'x-1', 1));
});
