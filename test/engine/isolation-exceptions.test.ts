// Exceptions of a namespace: which findings each of their fields covers, who would like them to cover more, and when they act.
import { describe, expect, test } from 'vitest';
import { handleReview } from '../../src/admission/handle.ts';
import { atMoment, type Gate } from '../../src/engine/gate.ts';
import { mutate } from '../../src/engine/mutate.ts';
import { validate } from '../../src/engine/validate.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { type Decided, decide, decideUpdate, inEveryKind, offline } from '../support/decide.ts';
import { DOCKER_CLASS } from '../support/docker-class.ts';
import { exceptionYaml } from '../support/exceptions.ts';
import { gateOf, policyYaml, subjectOf } from '../support/gate.ts';

const BASELINE = `podSecurity: { level: baseline }
exceptions: { allow: true }`;
const NOW = Date.parse('2027-01-01T12:00:00Z');
const LIST_NAMES = ['initContainers', 'containers', 'ephemeralContainers'] as const;

/** A gate with policy `p` and these exceptions, at noon of the first day of 2027. */
function gateWith(spec: string, ...exceptions: readonly string[]): Gate {
  return { ...gateOf([policyYaml('p', spec), ...exceptions]), now: NOW };
}

/** A gate whose baseline policy allows exceptions, with one of this spec in namespace `agents`. */
function excepting(spec: string): Gate {
  return gateWith(BASELINE, exceptionYaml('vpn', spec));
}

function container(name: string, image: unknown, securityContext: unknown = { privileged: true }): JsonObject {
  return { name, image, securityContext };
}

function pod(containers: readonly JsonObject[], rest: JsonObject = {}, labels?: JsonObject): JsonObject {
  const metadata = { name: 'x', ...(labels && { labels }) };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers, ...rest } };
}

const PRIVILEGED = pod([container('tunnel', 'ghcr.io/acme/vpn:1')]);
const VPN = 'checks: [privileged], images: ["ghcr.io/acme/vpn"]';

function deniedBy({ said }: Decided): readonly string[] {
  return said.filter((one) => one.startsWith('Deny')).map((one) => /^Deny (\w+)/.exec(one)?.[1] ?? '');
}

/** A pod whose container adds these. */
function adding(...add: readonly unknown[]): JsonObject {
  return pod([container('a', 'a', { capabilities: { add } })]);
}

test('what an exception covers is let in, in every kind, and the audit log has its name, its end and the reason', () => {
  const gate = offline(excepting(`${VPN}, requestedBy: ana`));
  for (const [kind, object] of inEveryKind(PRIVILEGED)) {
    const { verdict, said } = decide(gate, object);
    expect(verdict, kind).toBe('allowed');
    expect(said, kind).toEqual([
      'Audit privileged: privileged (container "tunnel" must not set securityContext.privileged=true; excepted by agents/vpn until 2027-06-30: tunnels (requested by ana))',
    ]);
  }
});

test('it is named in the annotations of the review, and the user is not warned', () => {
  const request = {
    uid: 'u',
    kind: { group: '', version: 'v1', kind: 'Pod' },
    resource: { group: '', version: 'v1', resource: 'pods' },
    operation: 'CREATE',
    namespace: 'agents',
    userInfo: { username: 'tenant' },
    object: PRIVILEGED,
  };
  const body = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request };
  const handled = handleReview(body, 'validate', excepting(VPN));
  expect(handled).toMatchObject({
    reply: { response: { allowed: true, auditAnnotations: { policy: 'p', exceptions: 'agents/vpn' } } },
  });
  expect(handled).not.toHaveProperty('reply.response.warnings');
});

describe('each field says which findings it is for', () => {
  test.each(LIST_NAMES)('containers and images, in the list %s', (list) => {
    const gate = excepting('checks: [privileged], images: ["ghcr.io/acme/vpn"], containers: [tunnel]');
    const first = list === 'containers' ? [] : [container('app', 'app', {})];
    const object = (name: string, image: unknown): JsonObject => pod(first, { [list]: [container(name, image)] });
    expect(decide(gate, object('tunnel', 'ghcr.io/acme/vpn:1')).verdict).toBe('allowed');
    for (const [name, image] of [
      ['other', 'ghcr.io/acme/vpn:1'],
      ['tunnel', 'ghcr.io/acme/other'],
      ['tunnel', ''],
      ['tunnel', null],
      ['tunnel', undefined],
    ] as const) {
      expect(decide(gate, object(name, image)).verdict, `${name} ${String(image)}`).toBe('denied');
    }
  });

  test.each(LIST_NAMES)('an excepted container does not let in another one in %s', (list) => {
    const gate = excepting(VPN);
    const rest = { [list]: [...(list === 'containers' ? PRIVILEGED_LIST : []), container('other', 'app')] };
    const { verdict, paths } = decide(gate, pod(PRIVILEGED_LIST, rest));
    expect(verdict).toBe('denied');
    expect(paths.some((path) => path.startsWith(`privileged spec.${list}`))).toBe(true);
  });

  test('values, one by one', () => {
    const gate = excepting('checks: [capabilities_baseline], values: [NET_ADMIN]');
    expect(decide(gate, adding('NET_ADMIN')).verdict).toBe('allowed');
    expect(decide(gate, adding('NET_ADMIN', 'SYS_ADMIN')).verdict).toBe('denied');
    expect(decide(gate, adding('net_admin')).verdict).toBe('denied');
    expect(decide(gate, adding('')).verdict).toBe('denied');
  });

  test.each([
    ['absent', undefined],
    ['null', null],
  ])('the value "" stands for a field that is %s, and for no other', (_, value) => {
    const gate = gateWith(
      'podSecurity: { level: restricted }\nexceptions: { allow: true }',
      exceptionYaml('vpn', 'checks: [allowPrivilegeEscalation], values: [""]'),
    );
    const fine = { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' }, capabilities: { drop: ['ALL'] } };
    const object = (allowed: unknown): JsonObject =>
      pod([container('a', 'a', { ...fine, allowPrivilegeEscalation: allowed })]);
    expect(decide(gate, object(value)).verdict).toBe('allowed');
    expect(decide(gate, object(true)).verdict).toBe('denied');
  });

  test('checks: all that are listed, and no other', () => {
    const gate = excepting('checks: [privileged, procMount], images: ["ghcr.io/acme/vpn"]');
    const both = { privileged: true, procMount: 'Unmasked' };
    expect(decide(gate, pod([container('a', 'ghcr.io/acme/vpn', both)])).verdict).toBe('allowed');
    const third = pod([container('a', 'ghcr.io/acme/vpn', both)], { hostPID: true });
    expect(deniedBy(decide(gate, third))).toEqual(['hostNamespaces']);
  });

  test.each([
    ['the label', { app: 'vpn' }, 'allowed'],
    ['the label with another value', { app: 'vpn2' }, 'denied'],
    ['the label with an empty value', { app: '' }, 'denied'],
    ['the label in other letters', { App: 'vpn' }, 'denied'],
    ['no labels', undefined, 'denied'],
  ])('selector: a pod with %s', (_, labels, verdict) => {
    const gate = excepting(`${VPN}, selector: { matchLabels: { app: vpn } }`);
    expect(decide(gate, pod(PRIVILEGED_LIST, {}, labels)).verdict).toBe(verdict);
  });

  test('selector: it is asked of the labels of the pod template, and not of the object around it', () => {
    const gate = offline(
      excepting(`${VPN}, selector: { matchExpressions: [{ key: app, operator: In, values: [vpn] }] }`),
    );
    const labelled = pod(PRIVILEGED_LIST, {}, { app: 'vpn' });
    for (const [kind, object] of inEveryKind(labelled)) expect(decide(gate, object).verdict, kind).toBe('allowed');
    const { spec } = PRIVILEGED;
    const around = { name: 'x', labels: { app: 'vpn' } };
    const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: around, spec: { template: { spec } } };
    expect(decide(gate, job).verdict).toBe('denied');
  });

  test('selector: a label that is not text is none, and the pod is refused for it', () => {
    const gate = excepting(`${VPN}, selector: { matchExpressions: [{ key: app, operator: Exists }] }`);
    expect(decide(gate, pod(PRIVILEGED_LIST, {}, { app: 1 })).verdict).toBe('denied');
  });
});

const PRIVILEGED_LIST = [container('tunnel', 'ghcr.io/acme/vpn:1')];

/** A policy with two validations, and these `exceptions`. */
function validating(exceptions: string): string {
  return `exceptions: ${exceptions}
validations:
  - { name: no-node, expression: "!has(object.spec.nodeName)" }
  - { name: no-host, expression: "!has(object.spec.hostname)" }`;
}

/** Such a policy, with an exception from this check. */
function exceptingFrom(check: string, exceptions = '{ allow: true }'): Gate {
  return gateWith(validating(exceptions), exceptionYaml('e', `checks: [${check}], images: ["ghcr.io/acme/vpn"]`));
}

describe('a validation of the policy is a check of its own', () => {
  const node = pod([container('a', 'ghcr.io/acme/vpn', {})], { nodeName: 'n' });
  const both = pod([container('a', 'ghcr.io/acme/vpn', {})], { nodeName: 'n', hostname: 'h' });

  test('an exception from one of them covers that one alone, and from all of them all', () => {
    expect(decide(exceptingFrom('validations/no-node'), node).verdict).toBe('allowed');
    expect(decide(exceptingFrom('validations/no-host'), node).verdict).toBe('denied');
    expect(deniedBy(decide(exceptingFrom('validations/no-node'), both))).toEqual(['validations']);
    expect(decide(exceptingFrom('validations'), both).verdict).toBe('allowed');
  });

  test.each(['validations', 'validations/no-node'])('none covers what the policy forbids: %s', (forbidden) => {
    expect(() => exceptingFrom('validations/no-node', `{ allow: true, forbiddenChecks: [${forbidden}] }`)).toThrow(
      'policy "p" allows no exceptions from validations/no-node',
    );
    // One from all of them is not one from a validation that is forbidden.
    const allowing = exceptingFrom('validations');
    const { policies } = gateWith(validating('{ allow: true, forbiddenChecks: [validations/no-node] }'));
    const closed = { ...allowing, policies: { ...policies, exceptions: allowing.policies.exceptions } };
    expect(decide(closed, both).verdict).toBe('denied');
    expect(decide(closed, pod([container('a', 'ghcr.io/acme/vpn', {})], { hostname: 'h' })).verdict).toBe('allowed');
  });
});

test('what is missing in the pod and in its containers is covered in the pod where it is in each of them', () => {
  const gate = gateWith(
    'podSecurity: { level: restricted }\nexceptions: { allow: true }',
    exceptionYaml('old', 'checks: [runAsNonRoot], containers: [old]'),
  );
  const fine = {
    allowPrivilegeEscalation: false,
    seccompProfile: { type: 'RuntimeDefault' },
    capabilities: { drop: ['ALL'] },
  };
  const old = container('old', 'legacy', fine);
  expect(decide(gate, pod([old])).verdict).toBe('allowed');
  expect(decide(gate, pod([old, container('new', 'app', { ...fine, runAsNonRoot: true })])).verdict).toBe('allowed');
  expect(decide(gate, pod([old, container('new', 'app', fine)])).verdict).toBe('denied');
});

/** The pod with an ephemeral container of this image. */
function debug(image: string): JsonObject {
  return pod(PRIVILEGED_LIST, { ephemeralContainers: [container('debug', image)] });
}

describe('a tenant gets no more out of exceptions', () => {
  test('an exception acts in its own namespace alone', () => {
    const gate = gateWith(BASELINE, exceptionYaml('vpn', VPN, 'other'));
    expect(decide(gate, PRIVILEGED, { namespace: 'other' }).verdict).toBe('allowed');
    expect(decide(gate, PRIVILEGED).verdict).toBe('denied');
    // The namespace of the request counts, whatever the object says.
    const lying = { ...PRIVILEGED, metadata: { name: 'x', namespace: 'other' } };
    expect(decide(gate, lying, { namespace: 'agents' }).verdict).toBe('denied');
    expect(decide(gate, PRIVILEGED, { namespace: '' }).verdict).toBe('denied');
  });

  test.each([
    ['that says nothing of exceptions', 'podSecurity: { level: baseline }'],
    ['that does not allow any', 'podSecurity: { level: baseline }\nexceptions: { allow: false }'],
    ['that forbids those from the check', BASELINE.replace('true', 'true, forbiddenChecks: [privileged]')],
  ])('an exception from a policy %s lets in nothing', (_, spec) => {
    // In files it is refused. In a cluster the policy can change afterwards.
    const allowing = gateWith(BASELINE, exceptionYaml('vpn', VPN));
    const { policies } = gateWith(spec);
    const gate = { ...allowing, policies: { ...policies, exceptions: allowing.policies.exceptions } };
    expect(decide(allowing, PRIVILEGED).verdict).toBe('allowed');
    expect(decide(gate, PRIVILEGED).verdict).toBe('denied');
  });

  test.each(['q', 'P', 'p2', 'р'])('policy "%s" is not policy "p"', (name) => {
    const named = exceptionYaml('vpn', VPN).replace('policy: p,', `policy: ${name},`);
    let gate: Gate;
    try {
      gate = gateWith(BASELINE, named);
    } catch (error) {
      // Letters that only look alike, and capital ones, are refused when it is loaded.
      expect(String(error)).toContain('/spec/policy');
      return;
    }
    expect(decide(gate, PRIVILEGED).verdict).toBe('denied');
  });

  test('another policy that finds the same refuses it', () => {
    const gate = gateWith(BASELINE, exceptionYaml('vpn', VPN), policyYaml('floor', 'podSecurity: { level: baseline }'));
    const { verdict, said } = decide(gate, PRIVILEGED);
    expect(verdict).toBe('denied');
    expect(said.map((one) => one.split(':', 1)[0])).toEqual(['Deny privileged', 'Audit privileged']);
  });

  test('two exceptions do not add up: one has to match all of a finding', () => {
    const gate = gateWith(
      BASELINE,
      exceptionYaml('image', 'checks: [privileged], images: ["ghcr.io/acme/vpn"], containers: [tunnel]'),
      exceptionYaml('name', 'checks: [privileged], images: ["ghcr.io/acme/other"], containers: [agent]'),
    );
    expect(decide(gate, pod([container('agent', 'ghcr.io/acme/vpn')])).verdict).toBe('denied');
    const each = pod([container('tunnel', 'ghcr.io/acme/vpn'), container('agent', 'ghcr.io/acme/other')]);
    expect(decide(gate, each).verdict).toBe('allowed');
  });

  test('the right to use a class is not lifted', () => {
    const policy = policyYaml(
      'p',
      `podSecurity: { level: baseline }
exceptions: { allow: true }
capabilities: [{ name: docker }]`,
    );
    const exception = exceptionYaml('docker', 'checks: [privileged], images: ["**"]');
    const refusing = { mayUse: () => 'denied' as const, namespaceLabels: () => ({}) };
    const gate = {
      ...gateOf([DOCKER_CLASS.replace('authorization: Policy', 'authorization: RBAC'), policy, exception]),
      now: NOW,
      surroundings: refusing,
    };
    const asking = {
      ...PRIVILEGED,
      metadata: { name: 'x', annotations: { 'sandgate.dev/capabilities': 'docker' } },
    };
    const { verdict, said } = decide(gate, asking);
    expect(verdict).toBe('denied');
    expect(said.some((one) => one.startsWith('Deny capabilityGrants'))).toBe(true);
    for (const check of ['capabilityGrants', 'filledIn']) {
      expect(() => gateWith(BASELINE, exceptionYaml('docker', `checks: [${check}], images: ["**"]`))).toThrow(
        `/spec/checks/0: not for ${check}`,
      );
    }
  });

  test('not by an update that puts another image into a pod, while the exception is there or after it is gone', () => {
    const before = PRIVILEGED;
    const after = pod([container('tunnel', 'evil')]);
    for (const gate of [excepting(VPN), gateWith(BASELINE)]) {
      expect(decideUpdate(gate, before, after).verdict).toBe('denied');
      const [, around] = inEveryKind(before).find(([kind]) => kind === 'Sandbox') ?? [];
      const [, evil] = inEveryKind(after).find(([kind]) => kind === 'Sandbox') ?? [];
      expect(decideUpdate(gate, around ?? {}, evil ?? {}).verdict).toBe('denied');
    }
  });

  test('a pod that an exception let in can still be labelled, and loses nothing when the exception is gone', () => {
    const labelled = { ...PRIVILEGED, metadata: { name: 'x', labels: { a: 'b' } } };
    expect(decideUpdate(excepting(VPN), PRIVILEGED, labelled).verdict).toBe('allowed');
    expect(decideUpdate(gateWith(BASELINE), PRIVILEGED, labelled).verdict).toBe('allowed');
  });

  test('an ephemeral container is let in for itself alone', () => {
    const update = { operation: 'UPDATE', subresource: 'ephemeralcontainers', oldObject: PRIVILEGED };
    expect(decide(excepting(VPN), debug('ghcr.io/acme/vpn'), update).verdict).toBe('allowed');
    expect(decide(excepting(VPN), debug('busybox'), update).verdict).toBe('denied');
  });
});

describe('an exception ends', () => {
  const gate = excepting(VPN);
  const at = (moment: string): Gate => ({ ...gate, now: Date.parse(moment) });

  test('at the end of its last day, to the second, and is then as if it were not there', () => {
    expect(decide(at('2027-06-30T23:59:59Z'), PRIVILEGED).verdict).toBe('allowed');
    const after = decide(at('2027-07-01T00:00:00Z'), PRIVILEGED);
    expect(after).toEqual(decide(gateWith(BASELINE), PRIVILEGED));
  });

  test('at once where nobody says what time it is', () => {
    const { now: _, ...timeless } = gate;
    expect(decide(timeless, PRIVILEGED).verdict).toBe('denied');
    expect(atMoment(timeless, () => NOW).now).toBe(NOW);
    expect(atMoment(gateOf(policyYaml('p', BASELINE)), () => NOW).now).toBeUndefined();
  });

  test('between the two reviews of a pod: what was filled in does not count', () => {
    const subject = subjectOf(PRIVILEGED);
    const mutation = mutate(subject, at('2027-06-30T23:59:59Z'));
    const filled = { ...subject, object: mutation.object };
    expect(validate(filled, at('2027-06-30T23:59:59Z')).verdict).toBe('allowed');
    expect(validate(filled, at('2027-07-01T00:00:00Z')).verdict).toBe('denied');
  });

  test('another one can take its place', () => {
    const both = gateWith(
      BASELINE,
      exceptionYaml('early', `${VPN}, expires: "2027-02-01"`),
      exceptionYaml('late', `${VPN}, expires: "2027-03-01"`),
    );
    const used = (moment: string): string => decide({ ...both, now: Date.parse(moment) }, PRIVILEGED).said.join();
    expect(used('2027-01-31T00:00:00Z')).toContain('excepted by agents/late until 2027-03-01');
    expect(used('2027-02-20T00:00:00Z')).toContain('excepted by agents/late until 2027-03-01');
    expect(used('2027-03-02T00:00:00Z')).toMatch(/^Deny/);
  });
});

/** The warning of somebody who uses the exception, with this much time left. */
function says(left: string): readonly string[] {
  return [`exception agents/vpn for privileged, procMount ends on 2027-06-30, ${left} from now`];
}

describe('whoever uses an exception is warned in its last seven days', () => {
  const gate = excepting('checks: [privileged, procMount], images: ["ghcr.io/acme/vpn"]');
  const object = pod([container('a', 'ghcr.io/acme/vpn', { privileged: true, procMount: 'Unmasked' })]);
  const warnings = (moment: string): readonly string[] =>
    validate(subjectOf(object), { ...gate, now: Date.parse(moment) }).warnings;

  test.each([
    ['2027-06-23T23:59:59Z', []],
    ['2027-06-24T00:00:00Z', says('7 days')],
    ['2027-06-29T12:00:00Z', says('a day')],
    ['2027-06-30T23:59:59Z', says('less than a day')],
    ['2027-07-01T00:00:00Z', []],
  ])('at the moment %s', (moment, warned) => {
    expect(warnings(moment)).toEqual(warned);
  });

  test('also of an exception of the policy itself', () => {
    const own = gateWith(`podSecurity: { level: baseline }
checks: { privileged: { except: [{ values: ["true"], reason: r, expires: 2027-01-02 }] } }`);
    expect(validate(subjectOf(PRIVILEGED), own).warnings).toEqual([
      'exception of policy p for privileged ends on 2027-01-02, a day from now',
    ]);
  });

  test('not of one that the object has no need of', () => {
    const late = { ...gate, now: Date.parse('2027-06-30T00:00:00Z') };
    expect(validate(subjectOf(pod([container('a', 'ghcr.io/acme/vpn', {})])), late).warnings).toEqual([]);
  });
});

/** An exception that ends on this day, from a policy that allows thirty. */
function limited(expires: string): Gate {
  return gateWith(BASELINE.replace('true', 'true, maxDays: 30'), exceptionYaml('vpn', `${VPN}, expires: "${expires}"`));
}

describe('maxDays of the policy', () => {
  test.each([
    ['2027-01-31', 'allowed'],
    ['2027-02-01', 'denied'],
    ['2027-01-31T23:59:59Z', 'allowed'],
    ['2027-02-01T00:00:01Z', 'denied'],
    ['9999-12-31', 'denied'],
  ])('on the first of January, of 30 days: an exception that ends on %s is %s', (expires, verdict) => {
    expect(decide(limited(expires), PRIVILEGED).verdict).toBe(verdict);
  });

  test('once an exception acts it goes on doing so to its end', () => {
    const gate = limited('2027-01-31');
    for (const moment of ['2027-01-01T00:00:00Z', '2027-01-15T11:00:00Z', '2027-01-31T23:59:59Z']) {
      expect(decide({ ...gate, now: Date.parse(moment) }, PRIVILEGED).verdict, moment).toBe('allowed');
    }
  });
});

test('a policy’s own exceptions go before those of a namespace, and may except from checks that it forbids them', () => {
  const gate = gateWith(
    `${BASELINE.replace('true', 'true, forbiddenChecks: [procMount]')}
checks:
  privileged: { except: [{ values: ["true"], reason: standing }] }
  procMount: { except: [{ values: [Unmasked], reason: standing }] }`,
    exceptionYaml('vpn', VPN),
  );
  const both = pod([container('a', 'ghcr.io/acme/vpn', { privileged: true, procMount: 'Unmasked' })]);
  const { verdict, said } = decide(gate, both);
  expect(verdict).toBe('allowed');
  expect(said.every((one) => one.endsWith('excepted: standing)'))).toBe(true);
});

/** A pod with so many containers. */
function podOf(count: number): JsonObject {
  return pod(Array.from({ length: count }, (_, index) => container(`c${index}`, `ghcr.io/acme/vpn${index}`)));
}

describe('a namespace with as many exceptions as it can have, of many patterns', () => {
  const patterns = Array.from({ length: 10 }, (_, index) => `"**/team${index}/**"`).join(', ');
  const others = Array.from({ length: 99 }, (_, index) =>
    exceptionYaml(`other${index}`, `checks: [privileged], images: [${patterns}]`),
  );
  const gate = gateWith(BASELINE, ...others, exceptionYaml('vpn', 'checks: [privileged], images: ["ghcr.io/acme/**"]'));

  test('lets in a pod of many containers', () => {
    expect(validate(subjectOf(podOf(20)), gate).verdict).toBe('allowed');
  });

  test('refuses one of so many containers that looking at all exceptions would take long', () => {
    const { verdict, findings } = validate(subjectOf(podOf(3000)), gate);
    expect(verdict).toBe('denied');
    expect(findings.map(({ action }) => action)).toContain('Deny');
  });
});
