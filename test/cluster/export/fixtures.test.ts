// `sandgate export vap` on a real API server: of upstream's example pods, what was exported refuses exactly those that the webhook
// refuses, and of other pods none that the webhook lets in.
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { isJsonObject, type JsonObject } from '../../../src/model/json.ts';
import { sandgate } from '../../cli/console.ts';
import { type Fixture, readFixtures } from '../../conformance/fixtures.ts';
import { decide } from '../../support/decide.ts';
import { gateOf, policyYaml } from '../../support/gate.ts';
import { type ControlPlane, startControlPlane } from '../control-plane/control-plane.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { createServiceAccount } from '../control-plane/namespaces.ts';
import { waitFor } from '../control-plane/wait-for.ts';

/** Between two neighbours some checks change, so that each version of each check is asked. */
const VERSIONS = [
  'v1.0',
  'v1.8',
  'v1.19',
  'v1.22',
  'v1.23',
  'v1.25',
  'v1.27',
  'v1.29',
  'v1.31',
  'v1.32',
  'v1.34',
  'v1.35',
  'v1.37',
];
const SETS = VERSIONS.flatMap((version) => ['baseline', 'restricted'].map((level) => ({ level, version })));

const RULES = `match:
  namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: rules } }
  conditions:
    - { name: not-skipped, expression: "object.metadata.name != 'skipped'" }
    - { name: in-a-namespace, expression: "namespaceObject.metadata.name == 'rules'" }
require: [allowPrivilegeEscalation, readOnlyRootFilesystem]
volumes: { allowedTypes: [emptyDir] }
images: { allowed: ["ghcr.io/acme/**"] }
runtime: { allowed: [none] }
serviceAccount: { requiredAutomountToken: false }
scheduling: { nodeName: Deny }
variables: [{ name: count, expression: size(object.spec.containers) }]
validations: [{ name: few, expression: "variables.count < 3", message: at most two containers }]
checks: { allowedImages: { validationActions: [Warn] } }`;

let plane: ControlPlane;
let fixtures: readonly Fixture[] = [];

beforeAll(async () => {
  [plane, fixtures] = await Promise.all([startControlPlane(), readFixtures()]);
  const policies = SETS.map(({ level, version }) =>
    policyYaml(
      nameOf(level, version),
      `match: { namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: ${namespaceOf(level, version)} } } }\npodSecurity: { level: ${level}, version: ${version} }`,
    ),
  );
  const exported = await sandgate(tmpdir(), 'export vap -p -', {
    stdin: [...policies, policyYaml('rules', RULES)].join('---\n'),
  });
  expect(exported.code).toBe(0);
  for (const document of parseAllDocuments(exported.stdout)) {
    const object: unknown = document.toJS();
    if (isJsonObject(object)) await expectOk(plane.admin.create(object));
  }
  for (const namespace of [...SETS.map(({ level, version }) => namespaceOf(level, version)), 'rules']) {
    await expectOk(plane.admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }));
    await createServiceAccount(plane, namespace, 'default');
  }
  const privileged = { name: 'a', image: 'x', securityContext: { privileged: true } };
  const asked = [...SETS.map(({ level, version }) => namespaceOf(level, version)), 'rules'];
  await waitFor(
    async () => {
      for (const namespace of asked) {
        const { status } = await create(pod('in-force', namespace, { containers: [privileged] }));
        if (status !== 422 && status !== 403) return false;
      }
      return true;
    },
    { within: 60_000, what: 'the policies are in force' },
  );
}, 300_000);
afterAll(() => plane?.stop());

function nameOf(level: string, version: string): string {
  return `${level}-${version}`;
}

function namespaceOf(level: string, version: string): string {
  return nameOf(level, version).replace('.', '-');
}

function pod(name: string, namespace: string, spec: object, metadata: object = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace, ...metadata }, spec };
}

async function create(object: JsonObject) {
  return await plane.admin.create(object, { dryRun: true });
}

/** Whether the exported policies refuse a pod; undefined where the API server does not take it for another reason. */
async function isRefused(object: JsonObject): Promise<boolean | undefined> {
  const { status, body } = await create(object);
  if (status === 201) return false;
  return String(body.message).includes('ValidatingAdmissionPolicy') ? true : undefined;
}

describe.each(SETS)('the level $level of $version', ({ level, version }) => {
  test("refuses upstream's examples that fail, and no other", async () => {
    const gate = gateOf(policyYaml('p', `podSecurity: { level: ${level}, version: ${version} }`));
    const own = fixtures.filter((fixture) => fixture.level === level && fixture.version === version);
    expect(own.length).toBeGreaterThan(20);
    const wrong: string[] = [];
    let unasked = 0;
    for (const { file, pod: example } of own) {
      const metadata = isJsonObject(example.metadata) ? example.metadata : {};
      // Some of the names have an underscore, which no pod has.
      const object = { ...example, metadata: { ...metadata, name: 'fixture', namespace: namespaceOf(level, version) } };
      const refused = await isRefused(object);
      const ours = decide(gate, object).verdict === 'denied';
      if (refused === undefined) unasked++;
      else if (refused !== ours) wrong.push(`${file}: exported ${refused}, webhook ${ours}`);
    }
    expect(wrong).toEqual([]);
    // A few have values that this API server itself does not take.
    expect(unasked).toBeLessThan(own.length / 10);
  });
});

describe('what a policy asks beside a level', () => {
  const HARDENED = { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true };
  const container = (more: object = {}) => ({
    name: 'a',
    image: 'ghcr.io/acme/app',
    securityContext: HARDENED,
    ...more,
  });
  const good = (more: object = {}) => ({ automountServiceAccountToken: false, containers: [container()], ...more });

  test.each([
    ['nothing is wrong', {}],
    ['a field is missing', { containers: [container({ securityContext: { allowPrivilegeEscalation: false } })] }],
    ['an init container lacks all of it', { initContainers: [{ name: 'i', image: 'ghcr.io/acme/app' }] }],
    ['a volume is of another type', { volumes: [{ name: 'v', hostPath: { path: '/x' } }] }],
    ['a volume is of a type that is allowed', { volumes: [{ name: 'v', emptyDir: {} }] }],
    ['the token is mounted', { automountServiceAccountToken: true }],
    ['nothing is said of the token', { automountServiceAccountToken: undefined }],
    ['a validation of its own does not hold', { containers: ['a', 'b', 'c'].map((name) => container({ name })) }],
  ])('is refused as by the webhook where %s', async (name, more) => {
    const gate = gateOf(policyYaml('p', RULES), { rules: { 'kubernetes.io/metadata.name': 'rules' } });
    const object = pod(name.replaceAll(/\W+/g, '-'), 'rules', good(more));
    expect(await isRefused(object)).toBe(decide(gate, object, { namespace: 'rules' }).verdict === 'denied');
  });

  test('warns where the policy warns, and leaves out what its conditions leave out', async () => {
    const { status, warnings } = await create(
      pod('foreign', 'rules', good({ containers: [container({ image: 'nginx' })] })),
    );
    expect(status).toBe(201);
    expect(warnings.join()).toContain('Images must be among those that the policy allows. (allowedImages)');
    expect(await isRefused(pod('skipped', 'rules', { containers: [{ name: 'a', image: 'x' }] }))).toBe(false);
    expect(await isRefused(pod('elsewhere', 'default', { containers: [{ name: 'a', image: 'x' }] }))).not.toBe(true);
  });
});
