// The table of expressions with Kubernetes' answers, asked of a real API server: a ValidatingAdmissionPolicy judges a pod that
// is created in a dry run. Our own evaluator is held against the same table in test/cel/table.test.ts.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isJsonObject, type JsonObject } from '../../../src/model/json.ts';
import { TABLE } from '../../cel/table/index.ts';
import { POD } from '../../cel/table/row.ts';
import { type ControlPlane, startControlPlane } from '../control-plane/control-plane.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { createServiceAccount } from '../control-plane/namespaces.ts';
import { waitFor } from '../control-plane/wait-for.ts';

const ROW = 'row';
/** A row that the policy refuses: it answers once the policy is in force. */
const SENTINEL = 'in-force';

interface Row {
  readonly id: string;
  readonly expression: string;
}

function rowsOf(kind: string, list: (library: string) => readonly string[]): readonly Row[] {
  return Object.keys(TABLE).flatMap((library) =>
    list(library).map((expression, index) => ({ id: `${library}-${kind}-${index}`, expression })),
  );
}

const HOLDS = rowsOf('holds', (library) => TABLE[library]?.holds ?? []);
const FAILS = rowsOf('fails', (library) => [...(TABLE[library]?.fails ?? []), ...(TABLE[library]?.refusedHere ?? [])]);
const REFUSED = rowsOf('refused', (library) => TABLE[library]?.refused ?? []);

let plane: ControlPlane;

beforeAll(async () => {
  plane = await startControlPlane();
  const namespace = { apiVersion: 'v1', kind: 'Namespace', name: 'default' };
  await waitFor(async () => (await plane.admin.get(namespace)).status === 200, {
    within: 30_000,
    what: 'the namespace is there',
  });
  await createServiceAccount(plane, 'default', 'default');
  const asked: readonly Row[] = [...HOLDS, ...FAILS, { id: SENTINEL, expression: 'false' }];
  await expectOk(plane.admin.create(policy('table', asked)));
  await expectOk(
    plane.admin.create({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name: 'table' },
      spec: { policyName: 'table', validationActions: ['Deny'] },
    }),
  );
  await waitFor(async () => (await verdict(SENTINEL)).includes(`${SENTINEL} is false`), {
    within: 30_000,
    what: 'the policy is in force',
  });
});

afterAll(async () => {
  await plane?.stop();
});

/** Every row is a validation of its own, which only a pod asks for that names the row. */
function policy(name: string, rows: readonly Row[]): JsonObject {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name },
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: {
        resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
      },
      matchConditions: [{ name: 'asked', expression: `'${ROW}' in object.metadata.annotations` }],
      validations: rows.map(({ id, expression }) => ({
        expression: `object.metadata.annotations['${ROW}'] != '${id}' ? true : (${expression}\n)`,
        message: `${id} is false`,
      })),
    },
  };
}

/** `allowed`, or what the API server says against the pod that asks for a row. */
async function verdict(id: string): Promise<string> {
  const metadata = isJsonObject(POD.metadata) ? POD.metadata : {};
  const annotations = isJsonObject(metadata.annotations) ? metadata.annotations : {};
  const pod = { ...POD, metadata: { ...metadata, annotations: { ...annotations, [ROW]: id } } };
  const { status, body } = await plane.admin.create(pod, { dryRun: true });
  return status === 201 ? 'allowed' : String(body.message);
}

describe('the API server says what the table says', () => {
  test.each(HOLDS)('it is true: $expression', async ({ id }) => {
    expect(await verdict(id)).toBe('allowed');
  });

  test.each(FAILS)('it cannot be evaluated: $expression', async ({ id }) => {
    expect(await verdict(id)).toMatch(/resulted in error/);
  });

  test.each(REFUSED)('it is refused in a policy: $expression', async ({ id, expression }) => {
    const one = policy(id, []);
    const spec = isJsonObject(one.spec) ? one.spec : {};
    const { status, body } = await plane.admin.create(
      { ...one, spec: { ...spec, validations: [{ expression }] } },
      { dryRun: true },
    );
    expect(status, JSON.stringify(body.message)).toBe(422);
    expect(String(body.message)).toMatch(/spec\.validations\[0\]\.expression/);
  });
});
