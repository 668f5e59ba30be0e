// What users are told of who their containers run as and of what fsGroup does to their secrets: by the webhook and by the
// command line.
import { expect, test } from 'vitest';
import { mutate } from '../../src/engine/mutate.ts';
import { validate } from '../../src/engine/validate.ts';
import { isPodTemplate } from '../../src/kubernetes/pod-shape.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { NO_NOTES, WHOLE_TEMPLATE } from '../../src/rules/fill-in.ts';
import { identity } from '../../src/rules/identity/identity.ts';
import { folderWith, sandgate } from '../cli/console.ts';
import { gateOf, policyYaml, subjectOf } from '../support/gate.ts';

const policy = (mode: string): string =>
  policyYaml(
    'tenants',
    `podSecurity: { level: restricted }
harden: restricted
identity: { runAsUser: 1000, unknownImage: ${mode}, images: [{ image: "ghcr.io/a/b", runAsUser: 2000 }] }`,
  );
const REDIS: JsonObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p' },
  spec: { containers: [{ name: 'a', image: 'redis:8' }] },
};
const UNKNOWN =
  'policy "tenants": no row of the identity table matches image "redis:8" of container "a"; it runs as 1000, ' +
  "the policy's default";

function decided(mode: string, object: JsonObject) {
  const gate = gateOf(policy(mode));
  const filled = mutate(subjectOf(object), gate);
  const judged = validate(subjectOf(filled.object ?? {}), gate);
  const [finding] = judged.findings;
  return { warnings: filled.warnings, verdict: judged.verdict, check: finding?.check, detail: finding?.detail };
}

test('an image without a row beside a default user is let in, let in with a warning, or refused', () => {
  expect(decided('Ignore', REDIS)).toEqual({ warnings: [], verdict: 'allowed', check: undefined, detail: undefined });
  expect(decided('Warn', REDIS)).toEqual({
    warnings: [UNKNOWN],
    verdict: 'allowed',
    check: undefined,
    detail: undefined,
  });
  expect(decided('Deny', REDIS)).toEqual({
    warnings: [],
    verdict: 'denied',
    check: 'unknownImage',
    detail: 'container "a" has no runAsUser and no row of the identity table matches image "redis:8"',
  });
});

test.each(['Warn', 'Deny'])('a row, and a user of its own, are enough for %s', (mode) => {
  const containers = [
    { name: 'a', image: 'ghcr.io/a/b:1' },
    { name: 'b', image: 'redis:8', securityContext: { runAsUser: 5 } },
  ];
  expect(decided(mode, { ...REDIS, spec: { containers } })).toMatchObject({ warnings: [], verdict: 'allowed' });
});

test('a warning is not said again of what was filled in', () => {
  const gate = gateOf(policy('Warn'));
  const filled = mutate(subjectOf(REDIS), gate).object ?? {};
  expect(mutate(subjectOf(filled), gate).warnings).toEqual([]);
});

test('an ephemeral container with an image without a row is warned about as well', () => {
  const gate = gateOf(policy('Warn'));
  const old: JsonObject = { ...REDIS, spec: { containers: [{ name: 'a', image: 'ghcr.io/a/b:1' }] } };
  const object: JsonObject = {
    ...REDIS,
    spec: {
      containers: [{ name: 'a', image: 'ghcr.io/a/b:1' }],
      ephemeralContainers: [{ name: 'e', image: 'busybox' }],
    },
  };
  const request = { operation: 'UPDATE', subresource: 'ephemeralcontainers', oldObject: old };
  expect(mutate(subjectOf(object, request), gate).warnings).toEqual([
    'policy "tenants": no row of the identity table matches image "busybox" of container "e"; it runs as 1000, the policy\'s default',
  ]);
});

test('check, inject and review say it on the command line', async () => {
  const folder = folderWith({
    'policy.yaml': policy('Warn'),
    'pod.json': JSON.stringify(REDIS),
    'deny.yaml': policy('Deny'),
  });
  const judged = await sandgate(folder, 'check -p policy.yaml -f pod.json -o json');
  expect(judged.code).toBe(0);
  expect(judged.json()).toMatchObject({ results: [{ verdict: 'allowed', warnings: [UNKNOWN] }] });
  expect((await sandgate(folder, 'inject -p policy.yaml -f pod.json')).stderr).toBe(
    `sandgate: pod.json:1: Pod p: ${UNKNOWN}\n`,
  );
  const refused = await sandgate(folder, 'check -p deny.yaml -f pod.json');
  expect(refused.code).toBe(1);
  expect(refused.stdout).toContain('no row of the identity table matches image "redis:8"');
});

/** The warnings about a pod with these volumes. */
function warningsOf(
  volumes: unknown,
  security: JsonObject = {},
  settings = { runAsUser: 1000, fsGroup: 2000 },
): string[] {
  const warnings: string[] = [];
  const notes = { ...NO_NOTES, warn: (text: string) => warnings.push(text) };
  const template = { spec: { securityContext: security, containers: [{ name: 'a' }], volumes } };
  if (!isPodTemplate(template)) throw new Error('not the shape of a pod');
  identity.compile(settings)?.(template, WHOLE_TEMPLATE, notes);
  return warnings;
}

const secret = (fields: JsonObject) => [{ name: 'v', secret: { secretName: 's', ...fields } }];
const projected = (fields: JsonObject, sources: unknown) => [{ name: 'v', projected: { ...fields, sources } }];
const items = (...modes: unknown[]) => modes.map((mode) => ({ key: 'k', path: 'k', mode }));

test.each([
  ['a secret that only its owner reads', secret({ defaultMode: 0o400 }), '0400 becomes 0440'],
  ['a secret that its owner and the world read', secret({ defaultMode: 0o604 }), '0604 becomes 0644'],
  ['an item with a mode of its own', secret({ items: items(0o644, 0o600) }), '0600 becomes 0640'],
  [
    'an item with the mode of its volume',
    secret({ defaultMode: 0o400, items: items(0o644, null) }),
    '0400 becomes 0440',
  ],
  ['mode 0', secret({ defaultMode: 0 }), '0000 becomes 0040'],
  ['a projected secret', projected({ defaultMode: 0o400 }, [{ secret: { name: 's' } }]), '0400 becomes 0440'],
  [
    'an item of a projected secret',
    projected({}, [{ secret: { name: 's', items: items(0o400) } }]),
    '0400 becomes 0440',
  ],
])('an fsGroup that is filled in beside %s is said to open it', (_, volumes, modes) => {
  expect(warningsOf(volumes)).toEqual([
    `with fsGroup 2000 the group can read the secrets of volume "v" (mode ${modes}), ` +
      'and programs such as ssh refuse a private key like that',
  ]);
});

test.each([
  ['a secret of no particular mode', secret({})],
  ['a secret of the mode null', secret({ defaultMode: null, items: null })],
  ['items that all are for the group', secret({ defaultMode: 0o400, items: items(0o440) })],
  ['a config map', [{ name: 'v', configMap: { name: 'c', defaultMode: 0o400 } }]],
  [
    'a projected config map and a token',
    projected({ defaultMode: 0o400 }, [{ configMap: {} }, { serviceAccountToken: {} }]),
  ],
  ['a projected volume of nothing', projected({ defaultMode: 0o400 }, null)],
  ['no volumes', null],
])('nothing is said of %s', (_, volumes) => {
  expect(warningsOf(volumes)).toEqual([]);
});

test('nothing is said of an fsGroup that somebody wrote, or where none is filled in', () => {
  expect(warningsOf(secret({ defaultMode: 0o400 }), { fsGroup: 5 })).toEqual([]);
  expect(warningsOf(secret({ defaultMode: 0o400 }), { runAsNonRoot: false })).toEqual([]);
});

test('check and inject say what the bundle agents does to a private key', async () => {
  const box = `apiVersion: agents.x-k8s.io/v1beta1
kind: Sandbox
metadata: { name: git-agent, namespace: a }
spec:
  podTemplate:
    spec:
      containers: [{ name: agent, image: "node:24", volumeMounts: [{ name: ssh, mountPath: /root/.ssh }] }]
      volumes: [{ name: ssh, secret: { secretName: git-ssh, defaultMode: 256 } }]
`;
  const folder = folderWith({ 'box.yaml': box });
  const says =
    'policy "agents": with fsGroup 1000 the group can read the secrets of volume "ssh" (mode 0400 becomes 0440), ' +
    'and programs such as ssh refuse a private key like that';
  const judged = await sandgate(folder, 'check -p agents -f box.yaml -o json');
  expect(judged.json()).toMatchObject({ results: [{ verdict: 'allowed', warnings: [says] }] });
  expect((await sandgate(folder, 'inject -p agents -f box.yaml')).stderr).toContain(says);
});
