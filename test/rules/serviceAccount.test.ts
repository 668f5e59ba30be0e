// A tenant who wants a token: every way into a volume or an account, tried.
import { describe, expect, test } from 'vitest';
import { isJsonObject, type JsonObject } from '../../src/model/json.ts';
import { apiTokenVolume, tokenVolume } from '../../src/rules/serviceAccount/example-volumes.ts';
import { DOCKER_CLASS } from '../support/docker-class.ts';
import { gateOf, policyYaml } from '../support/gate.ts';
import { objectOf, recordedReview } from '../support/reviews.ts';
import { inEveryKind, judged, listOf, podOf, problemsOf, sandboxOf, through } from './through.ts';

const gate = gateOf(policyYaml('p', 'serviceAccount: { automountToken: false, tokens: [] }'));
const overriding = gateOf(policyYaml('p', 'serviceAccount: { automountToken: false, override: true, tokens: [] }'));
const accounts = gateOf(policyYaml('p', 'serviceAccount: { allowed: ["agent-*"], forbidden: [agent-admin] }'));

const NAME = 'kube-api-access-x7k2p';
const MOUNT = { name: NAME, readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' };
const CONTAINERS = [{ name: 'a', image: 'a' }];
/** As a pod reaches the webhook. */
const INJECTED = { containers: [{ ...CONTAINERS[0], volumeMounts: [MOUNT] }], volumes: [apiTokenVolume(NAME)] };

function recorded(): JsonObject {
  const pod = objectOf(recordedReview('pod-create-mutate'));
  if (!isJsonObject(pod)) throw new Error('expected a pod');
  return pod;
}

describe('a token that must be off, where nothing is filled in', () => {
  const requiring = gateOf(policyYaml('p', 'serviceAccount: { requiredAutomountToken: false, tokens: [] }'));

  test('is refused in every kind that does not say so, and left as it is', () => {
    for (const [kind, object] of inEveryKind({ spec: { containers: CONTAINERS } })) {
      const { denied, warned, object: after } = through(object, requiring);
      const expected = kind === 'SandboxTemplate' ? [] : ['automountToken'];
      expect(
        [...denied, ...warned].map((one) => one.split(':')[0]),
        kind,
      ).toEqual(expected);
      expect(after).toEqual(object);
    }
  });

  test('a pod that says so is let in', () => {
    const pod = podOf({ containers: CONTAINERS, automountServiceAccountToken: false });
    expect(through(pod, requiring).verdict).toBe('allowed');
  });

  test('is a mistake beside automountToken, which requires it already, and warns of tokens in volumes as that does', () => {
    const both = { automountToken: false, requiredAutomountToken: false, tokens: [] };
    expect(problemsOf('serviceAccount', both).errors).toBe(1);
    expect(problemsOf('serviceAccount', { requiredAutomountToken: false }).warnings).toHaveLength(1);
    expect(problemsOf('serviceAccount', { requiredAutomountToken: true }).errors).toBe(1);
  });
});

describe('the token that the API server mounts', () => {
  test('is taken out of a recorded pod with its mounts, and the pod is let in', () => {
    const { verdict, object, warnings } = through(recorded(), gate);
    expect(verdict).toBe('allowed');
    expect(warnings).toEqual([]);
    expect(JSON.stringify(object)).not.toContain('kube-api-access');
  });

  test('is refused where a pod says true, and stays until then', () => {
    const { denied, object } = through(podOf({ ...INJECTED, automountServiceAccountToken: true }), gate);
    expect(denied).toEqual(['automountToken: spec.automountServiceAccountToken']);
    expect(JSON.stringify(object)).toContain(NAME);
  });

  test('is taken from a pod that says true where the policy overrides, with a warning', () => {
    const { verdict, object, warnings } = through(
      podOf({ ...INJECTED, automountServiceAccountToken: true }),
      overriding,
    );
    expect(verdict).toBe('allowed');
    expect(object.spec).toEqual({ automountServiceAccountToken: false, containers: CONTAINERS });
    expect(warnings).toEqual([
      'policy "p": automountServiceAccountToken is false instead of true, and the token of the service account is not mounted',
    ]);
  });

  test('is taken from ephemeral containers of a template too', () => {
    const template = { spec: { ...INJECTED, ephemeralContainers: [{ name: 'e', volumeMounts: [MOUNT] }] } };
    expect(JSON.stringify(through(sandboxOf(template), gate).object)).not.toContain(NAME);
  });

  test('that comes back after the mutating webhook is refused', () => {
    const back = podOf({ ...INJECTED, automountServiceAccountToken: false });
    expect(judged(back, gate).denied).toEqual([
      'automountToken: spec.volumes[0]',
      'projectedTokens: spec.volumes[0].projected.sources[0].serviceAccountToken.audience',
    ]);
    expect(judged(back, overriding).says[0]).toContain('spec.volumes not removed');
  });

  test('missed by the mutating webhook is one finding', () => {
    const { denied } = judged(podOf(INJECTED), gate);
    expect(new Set(denied.map((one) => one.split(':')[0]))).toEqual(new Set(['filledIn']));
  });

  test.each([
    ['null', null],
    ['absent', undefined],
  ])('is filled in as false where the field is %s', (_, value) => {
    const { verdict, object } = through(podOf({ ...INJECTED, automountServiceAccountToken: value }), gate);
    expect(verdict).toBe('allowed');
    expect(object.spec).toEqual({ automountServiceAccountToken: false, containers: CONTAINERS });
  });

  test('of an older pod does not refuse a label, and a new container is let in beside it', () => {
    const oldObject = podOf(INJECTED);
    const labelled = { ...oldObject, metadata: { name: 'web', labels: { a: 'b' } } };
    expect(through(labelled, gate, { operation: 'UPDATE', oldObject }).verdict).toBe('allowed');
  });

  test("a container of a class loses its mount as well, and stays the class's", () => {
    const granting = gateOf([
      DOCKER_CLASS,
      policyYaml(
        'p',
        'serviceAccount: { automountToken: false, tokens: [] }\ncapabilities: [{ name: docker, implementation: rootless }]\npodSecurity: { level: baseline }',
      ),
    ]);
    const asks = { name: 'web', annotations: { 'sandgate.dev/capabilities': 'docker' } };
    const first = through(podOf({ containers: CONTAINERS }, asks), granting);
    expect(first.verdict).toBe('allowed');
    // The same pod sent again by somebody who copied it, with what the API server then adds.
    const { spec } = first.object;
    if (!isJsonObject(spec)) throw new Error('expected a spec');
    const initContainers = listOf(spec.initContainers).map((one) =>
      isJsonObject(one) ? { ...one, volumeMounts: [...listOf(one.volumeMounts), MOUNT] } : one,
    );
    const { automountServiceAccountToken: _, ...rest } = spec;
    const copied = { ...rest, initContainers, volumes: [...listOf(spec.volumes), apiTokenVolume(NAME)] };
    const again = through({ ...first.object, spec: copied }, granting);
    expect(again.verdict).toBe('allowed');
    expect(JSON.stringify(again.object)).not.toContain(NAME);
  });
});

describe('a token under the name of that of the API server', () => {
  const [first, ...others] = apiTokenVolume(NAME).projected?.sources ?? [];
  const lookAlikes: readonly (readonly [string, object])[] = [
    ['for another audience', { serviceAccountToken: { ...first?.serviceAccountToken, audience: 'vault' } }],
    ['for longer', { serviceAccountToken: { ...first?.serviceAccountToken, expirationSeconds: 86400 } }],
    ['under another path', { serviceAccountToken: { ...first?.serviceAccountToken, path: 'Token' } }],
  ];

  test.each(lookAlikes)('is judged: %s', (_, source) => {
    const volume = { name: NAME, projected: { sources: [source, ...others] } };
    const audience = 'projectedTokens: spec.volumes[0].projected.sources[0].serviceAccountToken.audience';
    const on = gateOf(policyYaml('p', 'serviceAccount: { tokens: [] }'));
    expect(through(podOf({ containers: CONTAINERS, volumes: [volume] }), on).denied).toEqual([audience]);
    expect(through(podOf({ containers: CONTAINERS, volumes: [volume] }), overriding).denied).toEqual([audience]);
  });

  test('beside one more source is judged', () => {
    const more = { name: NAME, projected: { sources: [first, ...others, { secret: { name: 's' } }] } };
    expect(through(podOf({ containers: CONTAINERS, volumes: [more] }), gate).verdict).toBe('denied');
  });

  test('under another name is judged', () => {
    expect(through(podOf({ containers: CONTAINERS, volumes: [apiTokenVolume('api')] }), gate).verdict).toBe('denied');
  });
});

describe('tokens, trust bundles and certificates are refused in every kind', () => {
  const strict = {
    ...gateOf(
      policyYaml('p', 'serviceAccount: { tokens: [], allowedTrustBundles: [], allowedCertificateSigners: [] }'),
    ),
    enforcement: () => 'Enforce' as const,
  };
  const sources = [
    { serviceAccountToken: { path: 't', audience: 'x' } },
    { clusterTrustBundle: { path: 'c', name: 'x' } },
    { podCertificate: { signerName: 'x/y', keyType: 'ED25519' } },
  ];
  const kinds = inEveryKind({ spec: { containers: CONTAINERS, volumes: [{ name: 'v', projected: { sources } }] } });

  test.each(kinds)('those of a %s', (_, object, prefix) => {
    const at = `${prefix}spec.volumes[0].projected.sources`;
    expect(judged(object, strict).denied).toEqual([
      `projectedTokens: ${at}[0].serviceAccountToken.audience`,
      `trustBundles: ${at}[1].clusterTrustBundle.name`,
      `podCertificates: ${at}[2].podCertificate.signerName`,
    ]);
  });
});

describe('accounts', () => {
  const cases: readonly (readonly [string, object, string])[] = [
    ['none', {}, 'serviceAccountName'],
    ['null', { serviceAccountName: null }, 'serviceAccountName'],
    ['an empty name', { serviceAccountName: '' }, 'serviceAccountName'],
    ['the deprecated field', { serviceAccount: 'admin' }, 'serviceAccount'],
    ['the deprecated field beside an empty one', { serviceAccountName: '', serviceAccount: 'admin' }, 'serviceAccount'],
    ['one that contains the pattern', { serviceAccountName: 'x-agent-1' }, 'serviceAccountName'],
    ['upper case', { serviceAccountName: 'Agent-1' }, 'serviceAccountName'],
    ['one that is forbidden', { serviceAccountName: 'agent-admin' }, 'serviceAccountName'],
    [
      'a forbidden one beside an allowed deprecated one',
      { serviceAccountName: 'agent-admin', serviceAccount: 'agent-1' },
      'serviceAccountName',
    ],
  ];

  test.each(cases)('%s is refused', (_, fields, field) => {
    const { denied } = through(podOf({ ...fields, containers: CONTAINERS }), accounts);
    expect(denied).toEqual([`serviceAccountName: spec.${field}`]);
    const inSandbox = through(sandboxOf({ spec: { ...fields, containers: CONTAINERS } }), accounts);
    expect(inSandbox.denied).toEqual([`serviceAccountName: spec.podTemplate.spec.${field}`]);
  });

  test('the allowed one that decides is let in beside a deprecated one that does not', () => {
    const fields = { serviceAccountName: 'agent-1', serviceAccount: 'admin' };
    expect(through(podOf({ ...fields, containers: CONTAINERS }), accounts).verdict).toBe('allowed');
  });

  test('a change of the account in a stored Sandbox is refused', () => {
    const before = sandboxOf({ spec: { serviceAccountName: 'agent-1', containers: CONTAINERS } });
    const after = sandboxOf({ spec: { serviceAccountName: 'admin', containers: CONTAINERS } });
    expect(through(after, accounts, { operation: 'UPDATE', oldObject: before }).verdict).toBe('denied');
  });

  test('a Deployment is refused for the account of its pods', () => {
    const deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      spec: { template: { spec: { containers: CONTAINERS } } },
    };
    const enforced = { ...accounts, enforcement: () => 'Enforce' as const };
    expect(judged(deployment, enforced).denied).toEqual(['serviceAccountName: spec.template.spec.serviceAccountName']);
  });
});

describe('a template that says nothing', () => {
  const silent = { spec: { containers: CONTAINERS } };

  test('mounts the token as a Sandbox, and does not as a SandboxTemplate', () => {
    const asWritten = { ...gate, asWritten: true };
    expect(judged(sandboxOf(silent), asWritten).denied).toEqual([
      'automountToken: spec.podTemplate.spec.automountServiceAccountToken',
    ]);
    expect(judged(sandboxOf(silent, 'SandboxTemplate'), asWritten).denied).toEqual([]);
  });

  test('is given false in both', () => {
    for (const kind of ['Sandbox', 'SandboxTemplate']) {
      const { object } = through(sandboxOf(silent, kind), gate);
      expect(object.spec).toEqual({
        podTemplate: { spec: { containers: CONTAINERS, automountServiceAccountToken: false } },
      });
    }
  });
});

describe('parameters that make no sense', () => {
  test('override alone is refused, and so is a name that no account can have', () => {
    expect(problemsOf('serviceAccount', { override: true }).errors).toBe(1);
    expect(problemsOf('serviceAccount', { allowed: ['a/*'] }).errors).toBe(1);
    expect(problemsOf('serviceAccount', { automountToken: true }).errors).toBe(1);
  });

  test('a token that the pod can still project is warned about, and a list that leaves nothing', () => {
    expect(problemsOf('serviceAccount', { automountToken: false }).warnings).toHaveLength(1);
    expect(problemsOf('serviceAccount', { allowed: [] }).warnings).toHaveLength(1);
    expect(problemsOf('serviceAccount', { allowed: ['agent-*'], forbidden: ['*'] }).warnings).toHaveLength(1);
    expect(problemsOf('serviceAccount', { automountToken: false, tokens: [] })).toEqual({ errors: 0, warnings: [] });
  });
});

test('a token with many rows and a hostile audience is judged in linear time', () => {
  const rows = Array.from({ length: 50 }, () => '{ audience: "*a*a*a*a*a*a*b" }').join(', ');
  const many = gateOf(policyYaml('p', `serviceAccount: { tokens: [${rows}] }`));
  const pod = podOf({ containers: CONTAINERS, volumes: [tokenVolume('v', { audience: 'a'.repeat(20_000) })] });
  expect(through(pod, many).verdict).toBe('denied');
});
