// Standing exceptions of a policy: what they cover, who would like them to cover more, and when they end.
import { describe, expect, test } from 'vitest';
import { handleReview } from '../../src/admission/handle.ts';
import { atMoment, type Gate } from '../../src/engine/gate.ts';
import { validate } from '../../src/engine/validate.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { acceptPolicy } from '../../src/resources/isolation-policy/accept.ts';
import { decide, decideUpdate, gateOfSpec, inEveryKind, offline } from '../support/decide.ts';
import { policyYaml, subjectOf } from '../support/gate.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const OTHER = `sha256:${'b'.repeat(64)}`;

const GATE = gateOfSpec(`podSecurity: { level: baseline }
checks:
  privileged:
    except:
      - { images: ["quay.io/cni/**"], containers: [cni], reason: node networking }
      - { images: ["ghcr.io/acme/probe@${DIGEST}", "ghcr.io/acme/tagged:1.2"], reason: pinned }`);

function container(name: string, image: string, securityContext: JsonObject = { privileged: true }): JsonObject {
  return { name, image, securityContext };
}

function pod(containers: readonly JsonObject[], rest: JsonObject = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers, ...rest } };
}

function sandbox({ spec }: JsonObject): JsonObject {
  return {
    apiVersion: 'agents.x-k8s.io/v1beta1',
    kind: 'Sandbox',
    metadata: { name: 's' },
    spec: { podTemplate: { spec } },
  };
}

function at(gate: Gate, moment: string): Gate {
  return { ...gate, now: Date.parse(moment) };
}

test('what an exception covers is let in, in every kind, and told to the audit log with the reason', () => {
  for (const [kind, object] of inEveryKind(pod([container('cni', 'quay.io/cni/calico:1')]))) {
    const { verdict, said } = decide(offline(GATE), object);
    expect(verdict, kind).toBe('allowed');
    expect(said, kind).toEqual([
      'Audit privileged: privileged (container "cni" must not set securityContext.privileged=true; excepted: node networking)',
    ]);
  }
});

test('the audit annotation of the review names policy, check and reason, and no warning is given', () => {
  const object = pod([container('cni', 'quay.io/cni/calico:1')]);
  const request = {
    uid: 'u',
    kind: { group: '', version: 'v1', kind: 'Pod' },
    resource: { group: '', version: 'v1', resource: 'pods' },
    operation: 'CREATE',
    namespace: 'agents',
    userInfo: { username: 'tenant' },
    object,
  };
  const handled = handleReview(
    { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request },
    'validate',
    GATE,
  );
  expect(handled).toMatchObject({
    reply: {
      response: {
        allowed: true,
        auditAnnotations: {
          policy: 'p',
          violations:
            'would violate PodSecurity "baseline:latest": privileged (container "cni" must not set securityContext.privileged=true; excepted: node networking)',
        },
      },
    },
  });
  expect(handled).not.toHaveProperty('reply.response.warnings');
});

describe('a tenant gets no more out of an exception', () => {
  test.each([
    ['another container beside it', [container('cni', 'quay.io/cni/calico'), container('agent', 'app')]],
    ['the excepted name with another image', [container('cni', 'app')]],
    ['the excepted image under another name', [container('agent', 'quay.io/cni/calico')]],
    ['the name in other letters', [container('CNI', 'quay.io/cni/calico')]],
    ['a registry that only begins like it', [container('cni', 'quay.io.evil.example/cni/calico')]],
    ['a registry of another host with its path', [container('cni', 'evil.example/quay.io/cni/calico')]],
    ['a folder that only begins like it', [container('cni', 'quay.io/cnix/calico')]],
    ['the folder without a name below it', [container('cni', 'quay.io/cni')]],
    ['a letter that only looks alike', [container('cni', 'quаy.io/cni/calico')]],
    ['a step up in the name', [container('cni', 'quay.io/cni/../evil')]],
    ['an empty part in the name', [container('cni', 'quay.io/cni//evil')]],
    ['an image with a space behind it', [container('cni', 'quay.io/cni/calico ')]],
    ['an image with a user in front', [container('cni', 'quay.io/cni/x@evil.example/y')]],
    ['an empty image', [container('cni', '')]],
    ['no image', [{ name: 'cni', image: null, securityContext: { privileged: true } }]],
    ['another digest', [container('x', `ghcr.io/acme/probe@${OTHER}`)]],
    ['a tag in place of the digest', [container('x', 'ghcr.io/acme/probe:1')]],
    ['no digest', [container('x', 'ghcr.io/acme/probe')]],
    ['the tag beside a digest, which is what is pulled', [container('x', `ghcr.io/acme/tagged:1.2@${OTHER}`)]],
    ['another tag', [container('x', 'ghcr.io/acme/tagged:1.20')]],
    ['no tag', [container('x', 'ghcr.io/acme/tagged')]],
  ])('is not let in by %s', (_, containers) => {
    expect(decide(GATE, pod(containers)).verdict).toBe('denied');
  });

  test.each(['initContainers', 'ephemeralContainers'])('not by a container of the same name in %s', (list) => {
    const object = pod([container('cni', 'quay.io/cni/calico')], { [list]: [container('cni', 'evil')] });
    const { verdict, paths } = decide(GATE, object);
    expect(verdict).toBe('denied');
    expect(paths).toContain(`privileged spec.${list}[0].securityContext.privileged`);
  });

  test('not by an ephemeral container in a pod that has an excepted one', () => {
    const before = pod([container('cni', 'quay.io/cni/calico')]);
    const debug = container('debug', 'quay.io/cni/calico');
    const after = pod([container('cni', 'quay.io/cni/calico')], { ephemeralContainers: [debug] });
    const request = { operation: 'UPDATE', subresource: 'ephemeralcontainers', oldObject: before };
    expect(decide(GATE, after, request).verdict).toBe('denied');
  });

  test('not by an update that puts another image under the excepted name', () => {
    const before = pod([container('cni', 'quay.io/cni/calico')]);
    const after = pod([container('cni', 'evil')]);
    expect(decideUpdate(GATE, before, after).verdict).toBe('denied');
    expect(decideUpdate(GATE, sandbox(before), sandbox(after)).verdict).toBe('denied');
    expect(decideUpdate(GATE, sandbox(before), sandbox(before)).verdict).toBe('allowed');
  });

  test('not for another check', () => {
    const object = pod([container('cni', 'quay.io/cni/calico', { privileged: true, procMount: 'Unmasked' })]);
    expect(decide(GATE, object).said.filter((one) => one.startsWith('Deny'))).toEqual([
      'Deny procMount: procMount (container "cni" must not set securityContext.procMount to "Unmasked")',
    ]);
  });

  test('not from another policy, which has no such exception', () => {
    const both = gateOfSpec(
      `podSecurity: { level: baseline }
checks: { privileged: { except: [{ images: ["quay.io/cni/**"], reason: r }] } }`,
      policyYaml('floor', 'podSecurity: { level: baseline }'),
    );
    const { verdict, said } = decide(both, pod([container('cni', 'quay.io/cni/calico')]));
    expect(verdict).toBe('denied');
    expect(said.map((one) => one.split(':', 1)[0])).toEqual(['Deny privileged', 'Audit privileged']);
  });
});

test.each([`ghcr.io/acme/probe@${DIGEST}`, `ghcr.io/acme/probe:9@${DIGEST}`, 'ghcr.io/acme/tagged:1.2'])(
  'the image %s is the one that was pinned',
  (image) => {
    expect(decide(GATE, pod([container('x', image)])).verdict).toBe('allowed');
  },
);

function adding(...add: readonly string[]): JsonObject {
  return container('a', 'quay.io/cni/x', { capabilities: { add } });
}

test('values are excepted one by one', () => {
  const gate = gateOfSpec(`podSecurity: { level: baseline }
checks:
  capabilities_baseline: { except: [{ images: ["quay.io/cni/**"], values: [NET_ADMIN], reason: routes }] }
  hostNamespaces: { except: [{ images: ["quay.io/cni/**"], values: ["true"], reason: routes }] }`);
  expect(decide(gate, pod([adding('NET_ADMIN')])).verdict).toBe('allowed');
  const { verdict, paths } = decide(gate, pod([adding('NET_ADMIN', 'SYS_ADMIN')]));
  expect(verdict).toBe('denied');
  expect(paths).toEqual([
    'capabilities_baseline spec.containers[0].securityContext.capabilities.add[1]',
    'capabilities_baseline spec.containers[0].securityContext.capabilities.add[0]',
  ]);
});

test('what the whole pod has is covered where each of its containers is', () => {
  const gate = gateOfSpec(`podSecurity: { level: baseline }
checks: { hostNamespaces: { except: [{ images: ["quay.io/cni/**"], reason: routes }] } }`);
  const host = { hostNetwork: true };
  expect(decide(gate, pod([container('a', 'quay.io/cni/x', {})], host)).verdict).toBe('allowed');
  for (const list of ['initContainers', 'ephemeralContainers']) {
    const object = pod([container('a', 'quay.io/cni/x', {})], { ...host, [list]: [container('b', 'app', {})] });
    expect(decide(gate, object).verdict).toBe('denied');
  }
  expect(decide(gate, pod([], host)).verdict).toBe('denied');
});

describe.each([
  ['runAsNonRoot', { seccompProfile: { type: 'RuntimeDefault' } }, { runAsNonRoot: true }],
  ['seccompProfile_restricted', { runAsNonRoot: true }, { seccompProfile: { type: 'RuntimeDefault' } }],
] as const)('a fault that %s finds in the pod and in a container', (check, ofPod, fine) => {
  const gate = gateOfSpec(`podSecurity: { level: restricted }
checks: { ${check}: { except: [{ images: ["docker.io/library/legacy"], containers: [old], reason: being replaced }] } }`);
  const common = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
  const old = container('old', 'legacy', common);

  test('is covered at both levels where the container is', () => {
    const object = pod([old, container('new', 'app', { ...common, ...fine })], { securityContext: ofPod });
    expect(decide(gate, object)).toMatchObject({ verdict: 'allowed' });
  });

  test('is not covered for the other containers', () => {
    const object = pod([old, container('new', 'app', common)], { securityContext: ofPod });
    const { verdict, said } = decide(gate, object);
    expect(verdict).toBe('denied');
    expect(said[0]).toContain('pod or container "new" must set');
  });
});

describe('an exception that ends', () => {
  const gate = gateOfSpec(`podSecurity: { level: baseline }
checks: { privileged: { except: [{ images: ["quay.io/cni/**"], reason: node networking, expires: 2027-06-30 }] } }`);
  const object = pod([container('cni', 'quay.io/cni/calico')]);

  test('holds to the end of its last day in UTC, and is then as if it were not there', () => {
    expect(decide(at(gate, '2026-01-01T00:00:00Z'), object).verdict).toBe('allowed');
    expect(decide(at(gate, '2027-06-30T23:59:59Z'), object).verdict).toBe('allowed');
    const after = decide(at(gate, '2027-07-01T00:00:00Z'), object);
    const without = decide(gateOfSpec('podSecurity: { level: baseline }'), object);
    expect(after).toEqual(without);
  });

  test('has ended where nobody says what time it is', () => {
    expect(decide(gate, object).verdict).toBe('denied');
  });

  test('says in the audit log when it ends', () => {
    expect(decide(at(gate, '2027-01-01T00:00:00Z'), object).said[0]).toContain(
      'excepted until 2027-06-30: node networking',
    );
  });

  test('is not kept in force by answers that were given before', () => {
    const request = {
      uid: 'u',
      kind: { group: '', version: 'v1', kind: 'Pod' },
      resource: { group: '', version: 'v1', resource: 'pods' },
      operation: 'CREATE',
      namespace: 'agents',
      userInfo: { username: 'tenant' },
      object,
    };
    const body = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request };
    const allowed = (moment: string): unknown => {
      const handled = handleReview(body, 'validate', at(gate, moment));
      return handled.status === 200 && handled.reply.response.allowed;
    };
    expect(allowed('2027-06-30T23:59:59Z')).toBe(true);
    expect(allowed('2027-06-30T23:59:59Z')).toBe(true);
    expect(allowed('2027-07-01T00:00:00Z')).toBe(false);
    expect(allowed('2027-06-30T23:59:59Z')).toBe(true);
  });

  test('lets a pod that it let in be updated with a warning, and not be made worse', () => {
    const ended = at(gate, '2028-01-01T00:00:00Z');
    const labelled = { ...object, metadata: { name: 'p', labels: { a: 'b' } } };
    expect(decideUpdate(ended, object, labelled).verdict).toBe('allowed');
    const worse = pod([container('cni', 'quay.io/cni/calico'), container('b', 'quay.io/cni/calico')]);
    expect(decideUpdate(ended, object, worse).verdict).toBe('denied');
    const stored = sandbox(object);
    expect(decideUpdate(ended, stored, { ...stored, metadata: { name: 's', labels: { a: 'b' } } }).verdict).toBe(
      'allowed',
    );
    expect(decideUpdate(ended, stored, sandbox(pod([container('cni', 'evil')]))).verdict).toBe('denied');
  });

  test('can end at a moment', () => {
    const noon = gateOfSpec(`podSecurity: { level: baseline }
checks: { privileged: { except: [{ values: ["true"], reason: r, expires: "2027-06-30T12:00:00Z" }] } }`);
    expect(decide(at(noon, '2027-06-30T11:59:59Z'), object).verdict).toBe('allowed');
    expect(decide(at(noon, '2027-06-30T12:00:00Z'), object).verdict).toBe('denied');
  });

  test('is what makes a gate ask for the moment', () => {
    expect(atMoment(gate, () => 5)).toEqual({ ...gate, now: 5 });
    expect(atMoment(GATE, () => 5)).toBe(GATE);
  });
});

test('exceptions and other actions for a check stand beside each other', () => {
  const gate = gateOfSpec(`podSecurity: { level: baseline }
checks: { privileged: { validationActions: [Warn], except: [{ containers: [cni], reason: r }] } }`);
  const { said } = decide(gate, pod([container('cni', 'a'), container('b', 'a')]));
  expect(said.map((one) => one.split(':', 1)[0])).toEqual(['Warn privileged', 'Audit privileged']);
});

test('checks of rules have exceptions like those of the Standards', () => {
  const gate = gateOfSpec(`process: { stdin: Deny }
checks: { stdin: { except: [{ images: ["docker.io/library/shell"], reason: r }] } }`);
  const shell = { name: 'a', image: 'shell', stdin: true };
  expect(decide(gate, pod([shell])).verdict).toBe('allowed');
  expect(decide(gate, pod([shell, { name: 'b', image: 'app', stdin: true }])).verdict).toBe('denied');
});

test('thousands of containers are judged in time', () => {
  const many = Array.from({ length: 3000 }, (_, index) => container(`c${index}`, 'quay.io/cni/calico'));
  const { findings } = validate(subjectOf(pod(many)), GATE);
  expect(findings[0]?.fields).toHaveLength(3000);
});

function problemsOf(checks: JsonObject): { errors: readonly string[]; warnings: readonly string[] } {
  const document = {
    apiVersion: 'sandgate.dev/v1alpha1',
    kind: 'IsolationPolicy',
    metadata: { name: 'p' },
    spec: { podSecurity: { level: 'baseline' }, checks },
  };
  const { errors, warnings } = acceptPolicy(document, 'p');
  const told = (list: typeof errors): readonly string[] =>
    list.map(({ keys, message }) => `${keys.join('.')}: ${message}`);
  return { errors: told(errors), warnings: told(warnings) };
}

describe('when a policy is loaded', () => {
  const AT = 'spec.checks.privileged.except.0';

  test.each([
    [{ containers: ['a'] }, `${AT}.reason: required`],
    [{ containers: ['a'], reason: ' ' }, `${AT}.reason: " " is not valid (expected some words that say why)`],
    [{ containers: ['a'], reason: 'r', image: ['x'] }, `${AT}.image: unknown key (did you mean "images"?)`],
    [{ reason: 'r' }, `${AT}: covers every finding of the check (expected images, containers or values)`],
    [{ images: [], reason: 'r' }, `${AT}.images: empty (expected at least one entry)`],
    [{ containers: [], reason: 'r' }, `${AT}.containers: empty (expected at least one entry)`],
    [{ values: [], reason: 'r' }, `${AT}.values: empty (expected at least one entry)`],
    [
      { images: ['Quay.io/CNI/x'], reason: 'r' },
      `${AT}.images.0: "Quay.io/CNI/x" matches no image: repositories are in lower case`,
    ],
    [
      { images: ['quay.io/cni/x@sha256:12'], reason: 'r' },
      `${AT}.images.0: "quay.io/cni/x@sha256:12" matches no image: its digest is not one, such as sha256: and 64 digits of base 16`,
    ],
    [
      { images: ['*'], reason: 'r' },
      `${AT}.images.0: "*" matches no image: every repository has a slash behind its registry; write **`,
    ],
    [
      { containers: ['CNI'], reason: 'r' },
      `${AT}.containers.0: "CNI" is not valid (expected the name of a container: lower-case letters, digits and "-")`,
    ],
    [
      { values: ['x'], reason: 'r', expires: 'soon' },
      `${AT}.expires: "soon" is not valid (expected a date such as 2027-06-30, or a time such as 2027-06-30T12:00:00Z)`,
    ],
    [{ values: ['x'], reason: 'r', expires: '2027-02-30' }, `${AT}.expires: "2027-02-30" is not a valid date`],
    [{ values: ['x'], reason: 'r', expires: '2027-13-01' }, `${AT}.expires: "2027-13-01" is not a valid date`],
  ])('%j is refused', (entry, says) => {
    expect(problemsOf({ privileged: { except: [entry] } }).errors).toEqual([says]);
  });

  test('checks without any key, and exceptions from checks that cannot have any, are refused', () => {
    const except = [{ values: ['x'], reason: 'r' }];
    expect(problemsOf({ privileged: {}, capabilityGrants: { except }, filledIn: { except } }).errors).toEqual([
      'spec.checks.privileged: says nothing (expected validationActions or except)',
      'spec.checks.capabilityGrants.except: not for capabilityGrants: an exception cannot stand for the right to use a class',
      'spec.checks.filledIn.except: not for filledIn: what a policy fills in is not for an exception to leave out',
    ]);
  });

  test('an exception by names alone is doubted', () => {
    expect(problemsOf({ privileged: { except: [{ containers: ['cni'], reason: 'r' }] } })).toEqual({
      errors: [],
      warnings: [`${AT}.containers: every author of a pod can give a container this name: add images`],
    });
  });
});
