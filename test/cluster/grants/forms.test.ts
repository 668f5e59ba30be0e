// Every form of docker and nsjail, created for real in a namespace at the Restricted level: the stored pod is what the class
// says, to the last field, and stays it whatever applies it again. docs/granted-pods.md shows them; UPDATE_GOLDEN=1 rewrites it.
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { isJsonObject, type JsonObject } from '../../../src/model/json.ts';
import { folderWith, sandgate } from '../../cli/console.ts';
import { at, listAt } from '../control-plane/at.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { refOf } from '../control-plane/kube-client.ts';
import type { KubectlResult } from '../control-plane/kubectl.ts';
import { put } from '../support/change.ts';
import type { GatedCluster } from '../support/gated-cluster.ts';
import { expectedPod } from './expected.ts';
import { FORMS, type Form } from './forms.ts';
import { renderForms, type Shown, withoutChance } from './forms-page.ts';
import { startGrantingCluster } from './granting-cluster.ts';
import { makePlace, type Place } from './place.ts';
import { askingPod, asStored } from './pods.ts';
import { tierPolicies, without } from './policies.ts';

const PAGE = resolve(import.meta.dirname, '../../../docs/granted-pods.md');
const BUNDLES = ['docker', 'nsjail', 'landjail'] as const;
const POLICIES = without('colliding', tierPolicies());

let cluster: GatedCluster;
let plane: ControlPlane;
const shown: Shown[] = [];
let whole = '';

beforeAll(async () => {
  cluster = await startGrantingCluster({ bundles: BUNDLES, documents: POLICIES });
  plane = cluster.plane;
});

afterAll(async () => {
  await cluster?.stop();
});

function podFor({ className, spec }: Form, namespace: string): JsonObject {
  return askingPod(namespace, { classes: className, spec });
}

async function inject(form: Form, pod: JsonObject, output: 'diff' | 'yaml'): Promise<string> {
  const { namespace: _, ...metadata } = isJsonObject(pod.metadata) ? pod.metadata : {};
  const folder = folderWith({
    'policies.yaml': POLICIES.map((policy) => `---\n${stringify(policy)}`).join(''),
    'pod.yaml': stringify({ ...pod, metadata }),
  });
  const labels = Object.entries(form.labels).map(([key, value]) => `${key}=${value}`);
  const inputs = ['-p', ...BUNDLES, 'policies.yaml', '-f', 'pod.yaml', '--namespace-labels', labels.join()];
  const { code, stdout, stderr } = await sandgate(folder, ['inject', ...inputs, '--namespace', 'agents', '-o', output]);
  expect(code, stderr).toBe(0);
  return stdout;
}

const WITH_NAMES = FORMS.map((form) => ({
  ...form,
  name: `${form.className} as ${form.implementation}, by ${form.by}`,
}));

describe.each(WITH_NAMES)('the form $name', (form) => {
  let place: Place;
  let pod: JsonObject;

  beforeAll(async () => {
    place = await makePlace(plane, form.labels);
    pod = podFor(form, place.namespace);
  });

  test('is stored as the class says, to the last field', async () => {
    const { body } = await expectOk(place.alice.create(pod));
    const { fields, volumes, ...containers } = expectedPod(form);
    const { spec } = body;
    expect(at(spec, 'initContainers')).toEqual(containers.initContainers);
    expect(at(spec, 'containers')).toEqual(containers.containers);
    expect(at(spec, 'volumes') ?? []).toEqual(volumes);
    for (const [field, value] of Object.entries(fields)) expect([field, at(spec, field)]).toEqual([field, value]);
  });

  test('comes out the same from `sandgate inject`', async () => {
    const injected: unknown = parse(await inject(form, pod, 'yaml'));
    if (!isJsonObject(injected)) throw new Error('no pod was printed');
    const again = put(place.namespace, 'metadata', 'namespace')(put('other', 'metadata', 'name')(injected));
    const { spec } = await asStored(place, again);
    const { body } = await expectOk(place.alice.get(refOf(pod)));
    expect(spec).toEqual(body.spec);
    if (!shown.some(({ form: { implementation } }) => implementation === form.implementation)) {
      shown.push({ form, diff: await inject(form, pod, 'diff') });
    }
  });
});

test('a pod with the token of its service account, as `kubectl get -o yaml` shows it', async () => {
  const place = await makePlace(plane, { 'sandgate.dev/tier': 'rootless' });
  const pod = askingPod(place.namespace, { spec: { automountServiceAccountToken: true } });
  await expectOk(place.alice.create(pod));
  const { stdout } = await kubectl(place, ['get', 'pod', 'mine', '-o', 'yaml']);
  whole = withoutChance(stdout);
  const token = { mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', readOnly: true };
  expect(listAt(parse(whole), 'spec', 'initContainers', 1, 'volumeMounts')).toContainEqual(
    expect.objectContaining(token),
  );
});

function kubectl({ namespace }: Place, args: readonly string[], stdin?: string): Promise<KubectlResult> {
  const options = { user: 'alice', groups: ['tenants'], ...(stdin !== undefined && { stdin }) };
  return plane.kubectl([...args, `--namespace=${namespace}`], options);
}

test('docs/granted-pods.md is what the server stored', ({ skip }) => {
  const implementations = new Set(FORMS.map(({ implementation }) => implementation));
  if (shown.length < implementations.size || whole === '') skip('only some of the pods were made');
  const page = renderForms(whole, shown);
  if (process.env.UPDATE_GOLDEN) writeFileSync(PAGE, page);
  expect(page).toBe(readFileSync(PAGE, 'utf8'));
});
