// Updates that change images of a stored template: filled in, judged, and through the command line.
import { describe, expect, test } from 'vitest';
import { mutate } from '../../src/engine/mutate.ts';
import { validate } from '../../src/engine/validate.ts';
import { valueAt } from '../../src/kubernetes/path-keys.ts';
import { isJsonObject, type JsonObject, stringField } from '../../src/model/json.ts';
import { folderWith, sandgate } from '../cli/console.ts';
import { gateOf, policyYaml, subjectOf } from '../support/gate.ts';

const IDENTITY = `
podSecurity: { level: restricted }
harden: restricted
identity:
  runAsUser: 1000
  fsGroup: 1000
  images:
    - { image: "**/app", runAsUser: 65532, runAsGroup: 65532 }
    - { image: "**/app", tags: "<2.0.0", runAsUser: 1001 }
    - { image: "**/tool", runAsUser: 5 }
`;
const gate = gateOf(policyYaml('agents', IDENTITY));

interface Box {
  readonly kind?: string;
  readonly version?: string;
}

function sandbox(podSpec: JsonObject, { kind = 'Sandbox', version = 'v1beta1' }: Box = {}): JsonObject {
  const group = kind === 'Sandbox' ? 'agents.x-k8s.io' : 'extensions.agents.x-k8s.io';
  return {
    apiVersion: `${group}/${version}`,
    kind,
    metadata: { name: 'box', namespace: 'agents' },
    spec: { podTemplate: { spec: podSpec } },
  };
}

function specOf(object: unknown): JsonObject {
  const spec = valueAt(object, 'spec.podTemplate.spec');
  if (!isJsonObject(spec)) throw new Error('not a Sandbox with a template');
  return spec;
}

function created(podSpec: JsonObject, box: Box = {}): JsonObject {
  return mutate(subjectOf(sandbox(podSpec, box)), gate).object ?? {};
}

function updated(object: JsonObject, oldObject: JsonObject, by = gate) {
  const update = { operation: 'UPDATE', oldObject };
  const filled = mutate(subjectOf(object, update), by);
  const result = filled.object ?? {};
  const again = mutate(subjectOf(result, update), by);
  expect(again.object).toEqual(result);
  expect(again.injected).toEqual([]);
  const judged = validate(subjectOf(result, update), by);
  return { result, security: specOf(result).securityContext, warnings: filled.warnings, verdict: judged.verdict };
}

const one = (image: string): JsonObject => ({ containers: [{ name: 'a', image }] });
/** As a server-side apply of the same manifest with another image leaves it: what was filled in stays. */
const withImages = (object: JsonObject, images: Readonly<Record<string, string>>, box: Box = {}): JsonObject => {
  const spec = specOf(object);
  const renewed = (list: unknown) =>
    (Array.isArray(list) ? list : []).map((each: JsonObject) => ({
      ...each,
      image: images[stringField(each, 'name') ?? ''] ?? each.image,
    }));
  const { initContainers, containers, ...rest } = spec;
  return sandbox(
    {
      ...rest,
      ...(initContainers ? { initContainers: renewed(initContainers) } : {}),
      containers: renewed(containers),
    },
    box,
  );
};

describe.each([
  ['Sandbox', 'v1alpha1'],
  ['Sandbox', 'v1beta1'],
  ['SandboxTemplate', 'v1alpha1'],
  ['SandboxTemplate', 'v1beta1'],
])('the image of a stored %s (%s) that changes', (kind, version) => {
  const box = { kind, version };
  const old = created(one('ghcr.io/x/app:1.0.0'), box);

  test('by a server-side apply takes the user along', () => {
    expect(specOf(old).securityContext).toMatchObject({ runAsUser: 1001 });
    const { security, warnings, verdict } = updated(withImages(old, { a: 'ghcr.io/x/app:2.0.0' }, box), old);
    expect(security).toMatchObject({ runAsUser: 65532, runAsGroup: 65532, runAsNonRoot: true, fsGroup: 1000 });
    expect(warnings).toEqual([
      'policy "agents": container "a" runs as 65532:65532 instead of 1001, since its image changed from ' +
        '"ghcr.io/x/app:1.0.0" to "ghcr.io/x/app:2.0.0"',
    ]);
    expect(verdict).toBe('allowed');
  });

  test('by kubectl apply, which replaces the containers and leaves the rest', () => {
    const { securityContext } = specOf(old);
    const applied = sandbox({ ...one('ghcr.io/x/app:2.0.0'), securityContext }, box);
    const { security, verdict } = updated(applied, old);
    expect(security).toMatchObject({ runAsUser: 65532, runAsGroup: 65532 });
    expect(verdict).toBe('allowed');
  });

  test('gives what it had once it is the old one again', () => {
    const { result } = updated(withImages(old, { a: 'ghcr.io/x/app:2.0.0' }, box), old);
    const { result: back } = updated(withImages(result, { a: 'ghcr.io/x/app:1.0.0' }, box), result);
    expect(back).toEqual(old);
  });
});

test('from an image with a row to one with the default, and back', () => {
  const old = created(one('app:1.0.0'));
  const { result, security } = updated(withImages(old, { a: 'redis:8' }), old);
  expect(security).toMatchObject({ runAsUser: 1000 });
  expect(updated(withImages(result, { a: 'app:2.0.0' }), result).security).toMatchObject({ runAsUser: 65532 });
});

test('containers whose users differ are given theirs one by one, init containers too', () => {
  const old = created({
    initContainers: [{ name: 'i', image: 'tool' }],
    containers: [
      { name: 'a', image: 'app:1.0.0' },
      { name: 'b', image: 'tool' },
    ],
  });
  const { result, warnings, verdict } = updated(withImages(old, { a: 'app:2.0.0', i: 'app:1.0.0' }), old);
  expect(specOf(result)).toMatchObject({
    initContainers: [{ securityContext: { runAsUser: 1001 } }],
    containers: [{ securityContext: { runAsUser: 65532, runAsGroup: 65532 } }, { securityContext: { runAsUser: 5 } }],
  });
  expect(warnings).toHaveLength(2);
  expect(verdict).toBe('allowed');
});

test('a user that a container has of its own by hand stays, silently', () => {
  const old = created({
    containers: [
      { name: 'a', image: 'app:1.0.0', securityContext: { runAsUser: 7 } },
      { name: 'b', image: 'tool' },
    ],
  });
  const { result, warnings } = updated(withImages(old, { a: 'app:2.0.0' }), old);
  expect(specOf(result)).toMatchObject({
    securityContext: { runAsUser: 5 },
    containers: [{ securityContext: { runAsUser: 7 } }, {}],
  });
  expect(warnings).toEqual([]);
});

test('an update that changes no image decides nothing again, whatever the rows say by then', () => {
  const old = created(one('app:1.0.0'));
  const later = gateOf(policyYaml('agents', IDENTITY.replace('1001', '1234')));
  const changed = sandbox({ ...specOf(old), terminationGracePeriodSeconds: 5 });
  expect(updated(changed, old, later)).toMatchObject({ security: { runAsUser: 1001 }, warnings: [] });
});

test('onImageChange Keep leaves the user of the old image', () => {
  const keeping = gateOf(policyYaml('agents', IDENTITY.replace('identity:', 'identity:\n  onImageChange: Keep')));
  const old = created(one('app:1.0.0'));
  expect(updated(withImages(old, { a: 'app:2.0.0' }), old, keeping)).toMatchObject({
    security: { runAsUser: 1001 },
    warnings: [],
    verdict: 'allowed',
  });
});

test('an old template that cannot be read decides nothing', () => {
  const old = sandbox({ containers: 'none' });
  const changed = sandbox({ ...one('app:2.0.0'), securityContext: { runAsUser: 1001 } });
  expect(updated(changed, old)).toMatchObject({ security: { runAsUser: 1001 }, warnings: [] });
});

test('sandgate review answers with the new user and a warning', async () => {
  const old = created(one('app:1.0.0'));
  const object = withImages(old, { a: 'app:2.0.0' });
  const kind = { group: 'agents.x-k8s.io', version: 'v1beta1', kind: 'Sandbox' };
  const resource = { group: 'agents.x-k8s.io', version: 'v1beta1', resource: 'sandboxes' };
  const request = {
    uid: 'u',
    kind,
    resource,
    requestKind: kind,
    requestResource: resource,
    name: 'box',
    namespace: 'agents',
    operation: 'UPDATE',
    userInfo: { username: 'alice', groups: [] },
    object,
    oldObject: old,
    dryRun: false,
  };
  const folder = folderWith({
    'policy.yaml': policyYaml('agents', IDENTITY),
    'review.json': JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request }),
  });
  const printed = await sandgate(folder, 'review -p policy.yaml -f review.json --mutate');
  expect(printed.code).toBe(0);
  const response = valueAt(printed.json(), 'response');
  const patch = Buffer.from(stringField(response, 'patch') ?? '', 'base64').toString();
  expect(JSON.parse(patch)).toEqual([
    { op: 'replace', path: '/spec/podTemplate/spec/securityContext/runAsUser', value: 65532 },
    { op: 'add', path: '/spec/podTemplate/spec/securityContext/runAsGroup', value: 65532 },
  ]);
  expect(valueAt(response, 'warnings')).toEqual([
    expect.stringContaining('container "a" runs as 65532:65532 instead of 1001, since its image changed'),
  ]);
});
