// The rule images as a tenant meets it who wants another image to run, in both webhooks; and what its parameters refuse.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Gate } from '../../src/engine/gate.ts';
import { mutate } from '../../src/engine/mutate.ts';
import { validate } from '../../src/engine/validate.ts';
import { type CompiledMirror, compileMirror, compileMirrors } from '../../src/images/image-mirror.ts';
import { valueAt } from '../../src/kubernetes/path-keys.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { Subject } from '../../src/model/subject.ts';
import { imageProblems } from '../../src/rules/images/problems.ts';
import { WORKLOADS } from '../../src/workloads/index.ts';
import { DOCKER_CLASS, grantingPolicy } from '../support/docker-class.ts';
import { gateOf, policyYaml, subjectOf } from '../support/gate.ts';
import { randomCases } from '../support/random-cases.ts';

const ALLOWED = gateOf(policyYaml('mirror', 'images: { allowed: ["registry.internal/**"] }'));
const MIRROR = gateOf(
  policyYaml(
    'mirror',
    'images: { allowed: ["registry.internal/**"], rewrite: [{ from: docker.io, to: registry.internal/docker }] }',
  ),
);

function pod(spec: JsonObject, metadata: JsonObject = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'agents', ...metadata }, spec };
}

function podOf(image: unknown): JsonObject {
  return pod({ containers: [{ name: 'a', image }] });
}

/** What becomes of an object in both webhooks. */
function both(object: JsonObject, gate: Gate, overrides: Partial<Subject> = {}) {
  const filled = mutate(subjectOf(object, overrides), gate);
  const stored = filled.object ?? object;
  const decision = validate(subjectOf(stored, overrides), gate);
  return { stored, warnings: filled.warnings, verdict: decision.verdict, findings: decision.findings };
}

describe('an image that is not allowed', () => {
  const lists = ['containers', 'initContainers', 'ephemeralContainers'];
  const kinds = WORKLOADS.flatMap((row) => lists.map((list) => ({ row, list, name: `${row.kind} ${list}` })));

  test.each(kinds)('is found in $name', ({ row, list }) => {
    const fine = { name: 'fine', image: 'registry.internal/a' };
    let object: JsonObject = { spec: { containers: [fine], [list]: [{ name: 'x', image: 'evil.example/x:latest' }] } };
    for (const token of (row.templates[0] ?? '').split('/').slice(1).toReversed()) object = { [token]: object };
    const apiVersion = row.group === '' ? 'v1' : `${row.group}/${row.versions[0]}`;
    object = { ...object, apiVersion, kind: row.kind, metadata: { name: 'x' } };
    const { verdict, findings } = validate(subjectOf(object), { ...ALLOWED, enforcement: () => 'Enforce' });
    expect(verdict).toBe('denied');
    expect(findings.map(({ check }) => check)).toEqual(['allowedImages']);
  });

  test.each([
    ['the allowed registry as a path', 'evil.example/registry.internal/x'],
    ['the allowed registry as a user name', 'registry.internal@evil.example/x'],
    ['the allowed registry as a subdomain', 'registry.internal.evil.example/x'],
    ['another port', 'registry.internal:5000/x'],
    ['a step back', 'registry.internal/../evil.example/x'],
    ['two slashes', 'registry.internal//x'],
    ['an encoded slash', 'registry.internal%2fx/y'],
    ['a scheme', 'https://registry.internal/x'],
    ['a dot at the end of the registry', 'registry.internal./x'],
    ['a letter that looks alike', 'registry.\u0456nternal/x'],
    ['a space in front', ' registry.internal/x'],
    ['a line end', 'registry.internal/x\n'],
    ['an image id', 'a'.repeat(64)],
    ['a digest in upper case', `registry.internal/x@sha256:${'A'.repeat(64)}`],
    ['nothing', ''],
    ['null', null],
  ])('is refused with %s', (_, image) => {
    expect(both(podOf(image), ALLOWED).verdict).toBe('denied');
  });

  test('is refused in an image volume', () => {
    const volumes = [{ name: 'm', image: { reference: 'evil.example/x' } }];
    const { findings } = both(pod({ containers: [{ name: 'a', image: 'registry.internal/a' }], volumes }), ALLOWED);
    expect(findings.flatMap(({ fields }) => fields)).toEqual([
      { path: 'spec.volumes[0].image.reference', value: 'evil.example/x' },
    ]);
  });

  test('is refused where an update brings it in, and only warned about where it was there before', () => {
    const old = podOf('registry.internal/a');
    expect(both(podOf('evil.example/x'), ALLOWED, { operation: 'UPDATE', oldObject: old }).verdict).toBe('denied');
    const stale = podOf('evil.example/x');
    const labelled = { ...stale, metadata: { name: 'web', labels: { a: 'b' } } };
    expect(both(labelled, ALLOWED, { operation: 'UPDATE', oldObject: stale }).verdict).toBe('allowed');
    const other = podOf('evil.example/y');
    expect(both(other, ALLOWED, { operation: 'UPDATE', oldObject: stale }).verdict).toBe('denied');
  });

  test('is refused in an ephemeral container', () => {
    const old = podOf('registry.internal/a');
    const object = pod({
      containers: [{ name: 'a', image: 'registry.internal/a' }],
      ephemeralContainers: [{ name: 'e', image: 'evil.example/x' }],
    });
    const request = { operation: 'UPDATE', subresource: 'ephemeralcontainers', oldObject: old } as const;
    expect(both(object, ALLOWED, request).verdict).toBe('denied');
  });
});

describe('a mirror', () => {
  test('is where allowed images come from', () => {
    const { stored, verdict, warnings } = both(podOf('nginx:1'), MIRROR);
    expect(verdict).toBe('allowed');
    expect(valueAt(stored, 'spec.containers[0].image')).toBe('registry.internal/docker/library/nginx:1');
    expect(warnings).toEqual([
      'policy "mirror": image "nginx:1" of container "a" is replaced by "registry.internal/docker/library/nginx:1"',
    ]);
  });

  test('is missed where the mutating webhook did not run', () => {
    const { findings } = validate(subjectOf(podOf('nginx:1')), MIRROR);
    expect(findings.map(({ check }) => check)).toEqual(['filledIn']);
  });

  test('is not written into a new image of a running pod, which the list then refuses', () => {
    const request = { operation: 'UPDATE', oldObject: podOf('registry.internal/docker/library/nginx:1') } as const;
    expect(both(podOf('nginx:2'), MIRROR, request).verdict).toBe('denied');
    expect(both(podOf('registry.internal/docker/library/nginx:2'), MIRROR, request).verdict).toBe('allowed');
  });

  test('is written into new ephemeral containers alone', () => {
    const containers = [{ name: 'a', image: 'redis' }];
    const old = pod({ containers, ephemeralContainers: [{ name: 'old', image: 'x' }] });
    const object = pod({
      containers,
      ephemeralContainers: [
        { name: 'old', image: 'x' },
        { name: 'new', image: 'x' },
      ],
    });
    const request = { operation: 'UPDATE', subresource: 'ephemeralcontainers', oldObject: old } as const;
    const { stored, verdict } = both(object, MIRROR, request);
    expect(valueAt(stored, 'spec.ephemeralContainers[0].image')).toBe('x');
    expect(valueAt(stored, 'spec.ephemeralContainers[1].image')).toBe('registry.internal/docker/library/x');
    expect(verdict).toBe('allowed');
  });

  test('is what the rows of identity see, of its own policy and of one with a higher priority', () => {
    const identity =
      'identity: { runAsUser: 1000, images: [{ image: registry.internal/docker/library/nginx, runAsUser: 101 }] }';
    const rewrite = 'images: { rewrite: [{ from: docker.io, to: registry.internal/docker }] }';
    const one = gateOf(policyYaml('one', `${identity}\n${rewrite}`));
    const two = gateOf([policyYaml('first', `priority: 9\n${identity}`), policyYaml('second', rewrite)]);
    for (const gate of [one, two]) {
      const { stored, verdict } = both(podOf('nginx'), gate);
      expect(verdict).toBe('allowed');
      expect(valueAt(stored, 'spec.securityContext.runAsUser')).toBe(101);
    }
  });

  test('of the policy with the higher priority counts, and images are not sent back and forth', () => {
    const there = policyYaml('a', 'priority: 2\nimages: { rewrite: [{ from: a.example, to: b.example/x }] }');
    const back = policyYaml('b', 'images: { rewrite: [{ from: b.example, to: a.example/y }] }');
    const { stored, verdict } = both(podOf('a.example/app'), gateOf([there, back]));
    expect(valueAt(stored, 'spec.containers[0].image')).toBe('b.example/x/app');
    expect(verdict).toBe('allowed');
  });

  test('leaves what a capability class adds as it is', () => {
    const images =
      'images: { allowed: ["registry.internal/**"], rewrite: [{ from: docker.io, to: registry.internal/docker }], defaultPullPolicy: Always, requiredPullPolicy: Always, addPullSecrets: [mirror] }';
    const gate = gateOf([grantingPolicy('agents', '[{ name: docker }]', `  ${images}`), DOCKER_CLASS]);
    const annotations = { 'sandgate.dev/capabilities': 'docker' };
    const object = pod({ containers: [{ name: 'a', image: 'nginx:1' }] }, { annotations });
    const { stored, verdict, findings } = both(object, gate);
    expect(findings).toEqual([]);
    expect(verdict).toBe('allowed');
    expect(valueAt(stored, 'spec.initContainers[1].image')).toBe('docker:27-dind-rootless');
    expect(valueAt(stored, 'spec.containers[0].imagePullPolicy')).toBe('Always');
    // Under the name of the class's container, a container of one's own is judged.
    const forged = { name: 'docker-daemon', image: 'evil.example/x' };
    expect(both(pod({ containers: [{ name: 'a', image: 'nginx:1' }, forged] }), gate).verdict).toBe('denied');
  });

  test('with random rows changes nothing the second time', () => {
    const part = fc.constantFrom('a.io', 'b.io', 'a.io/x', 'b.io/x', 'a.io/x/y', 'docker.io', 'docker.io/library');
    const rows = fc.array(fc.record({ from: part, to: part }), { maxLength: 4 });
    const image = fc
      .tuple(part, fc.constantFrom('', '/x', '/y/z', '/nginx'), fc.constantFrom('', ':1', ':latest'))
      .map((it) => it.join(''));
    fc.assert(
      fc.property(rows, image, (written, text) => {
        const compiled = written.map(compileMirror).filter((row): row is CompiledMirror => !('problem' in row));
        const mirror = compileMirrors(compiled);
        const once = mirror(text);
        if (once !== undefined) expect(mirror(once)).toBeUndefined();
      }),
      { numRuns: randomCases(2000) },
    );
  });
});

describe('pull secrets', () => {
  const gate = gateOf(policyYaml('mirror', 'images: { addPullSecrets: [mirror] }'));

  test('are written into pods, and not into what pods are made from', () => {
    const spec = { containers: [{ name: 'a', image: 'x' }] };
    expect(valueAt(both(pod(spec), gate).stored, 'spec.imagePullSecrets')).toEqual([{ name: 'mirror' }]);
    const sandbox = { apiVersion: 'agents.x-k8s.io/v1beta1', kind: 'Sandbox', spec: { podTemplate: { spec } } };
    const { stored, verdict } = both(sandbox, gate);
    expect(stored).toBe(sandbox);
    expect(verdict).toBe('allowed');
  });
});

function sandboxOf(image: string): JsonObject {
  const volumes = [{ name: 'v', hostPath: { path: '/srv' } }];
  const podTemplate = { spec: { containers: [{ name: 'a', image }], volumes } };
  return { apiVersion: 'agents.x-k8s.io/v1beta1', kind: 'Sandbox', metadata: { name: 'x' }, spec: { podTemplate } };
}

test('an old violation of a Sandbox does not refuse another image, whatever its pods are given', () => {
  const gate = gateOf(
    policyYaml(
      'mirror',
      'images: { addPullSecrets: [mirror], forbidden: ["evil.example/**"] }\nvolumes: { hostPaths: [] }',
    ),
  );
  const request = { operation: 'UPDATE', oldObject: sandboxOf('x:1') } as const;
  expect(both(sandboxOf('x:2'), gate, request).verdict).toBe('allowed');
  expect(both(sandboxOf('evil.example/x'), gate, request).verdict).toBe('denied');
});

describe('a pull policy', () => {
  const gate = gateOf(policyYaml('fresh', 'images: { defaultPullPolicy: Always, requiredPullPolicy: Always }'));
  const container = { name: 'a', image: 'app:1' };

  test.each([
    ['none', {}],
    ['null', { imagePullPolicy: null }],
    ['an empty one', { imagePullPolicy: '' }],
    ['the one that the API server fills in', { imagePullPolicy: 'IfNotPresent' }],
    ['the one that AlwaysPullImages insists on', { imagePullPolicy: 'Always' }],
  ])('is filled in for %s', (_, fields) => {
    const { stored, verdict } = both(pod({ containers: [{ ...container, ...fields }] }), gate);
    expect(verdict).toBe('allowed');
    expect(valueAt(stored, 'spec.containers[0].imagePullPolicy')).toBe('Always');
  });

  test.each(['Never', 'always', 'Always '])("of one's own is refused: %s", (imagePullPolicy) => {
    expect(both(pod({ containers: [{ ...container, imagePullPolicy }] }), gate).verdict).toBe('denied');
  });

  test('that a policy fills in is not fought over with AlwaysPullImages', () => {
    const never = gateOf(policyYaml('preloaded', 'images: { defaultPullPolicy: Never }'));
    const object = pod({ containers: [{ ...container, imagePullPolicy: 'Always' }] });
    expect(mutate(subjectOf(object), never).object).toBe(object);
    expect(validate(subjectOf(object), never).verdict).toBe('allowed');
  });
});

describe('parameters that make no sense', () => {
  test.each([
    [
      { allowed: ['*'] },
      'allowed.0: "*" can match nothing: "*" does not stand for "/"; write "**" for any registry and path',
    ],
    [
      { allowed: ['app:1'] },
      'allowed.0: "app:1" can match nothing: it holds a tag or digest; name the repository, and judge tags with forbiddenTags and digest',
    ],
    [{ forbidden: ['Evil/x'] }, 'forbidden.0: "Evil/x" can match nothing: write it in lower case, as repositories are'],
    [
      { forbidden: ['a//b'] },
      'forbidden.0: "a//b" can match nothing: it is neither a repository nor a pattern for one',
    ],
    [
      { forbidden: ['docker.io/*'] },
      'forbidden.0: "docker.io/*" can match nothing: repositories of docker.io have two parts; write docker.io/** for all, docker.io/library/* for official ones',
    ],
    [{ forbiddenTags: ['a b'] }, 'forbiddenTags.0: "a b" can match nothing: it is neither a tag nor a pattern of tags'],
    [
      { forbiddenTags: ['latest'], digest: 'Required' },
      'forbiddenTags: decides nothing: digest asks for digests, beside which no tag counts',
    ],
    [
      { allowed: ['nginx'], forbidden: ['docker.io/**'] },
      'allowed.0: "nginx" allows nothing, since forbidden lists "docker.io/**"',
    ],
    [
      { defaultPullPolicy: 'Never', requiredPullPolicy: 'Always' },
      'defaultPullPolicy: is refused by the same rule: requiredPullPolicy is Always',
    ],
    [
      { rewrite: [{ from: 'acme', to: 'm.io' }] },
      'rewrite.0.from: "acme" is neither a registry nor a registry and the beginning of a path, such as docker.io or registry.example:5000/docker',
    ],
    [
      { rewrite: [{ from: 'docker.io/*', to: 'm.io' }] },
      'rewrite.0.from: "docker.io/*" is neither a registry nor a registry and the beginning of a path: patterns cannot be replaced',
    ],
    [
      { rewrite: [{ from: 'a.io', to: 'm.io/app:1' }] },
      'rewrite.0.to: "m.io/app:1" is neither a registry nor a registry and the beginning of a path, such as docker.io or registry.example:5000/docker',
    ],
    [
      { rewrite: [{ from: 'a.io', to: 'a.io' }] },
      'rewrite.0.from: can replace nothing: what rewrite[0] leads to is left as it is',
    ],
    [
      {
        rewrite: [
          { from: 'a.io', to: 'b.io' },
          { from: 'A.io', to: 'c.io' },
        ],
      },
      'rewrite.1.from: repeats rewrite[0]',
    ],
    [
      {
        rewrite: [
          { from: 'a.io', to: 'b.io' },
          { from: 'b.io/x', to: 'c.io' },
        ],
      },
      'rewrite.1.from: can replace nothing: what rewrite[0] leads to is left as it is',
    ],
    [
      { allowed: ['a.io/**'], rewrite: [{ from: 'a.io', to: 'b.io' }] },
      'rewrite.0.to: is refused by the same rule: no entry of allowed matches it',
    ],
    [
      { forbidden: ['b.io/**'], rewrite: [{ from: 'a.io', to: 'b.io' }] },
      'rewrite.0.to: is refused by the same rule: forbidden lists "b.io/**"',
    ],
  ] as const)('%j are refused or warned about', (images, says) => {
    expect(imageProblems(images).map(({ keys, message }) => `${keys.join('.')}: ${message}`)).toEqual([says]);
  });

  test.each([
    {},
    { allowed: [], forbidden: [], forbiddenTags: [''] },
    { allowed: ['**', 'nginx', '*:5000/x/**', 'localhost/x'], forbidden: ['*/secret', 'docker.io/evil/*'] },
    {
      rewrite: [
        { from: 'docker.io', to: 'docker.io/mirror' },
        { from: 'localhost:5000/a', to: 'm.io' },
      ],
      allowed: ['docker.io/**', 'm.io/x'],
    },
  ])('of which %j has none', (images) => {
    expect(imageProblems(images)).toEqual([]);
  });
});
