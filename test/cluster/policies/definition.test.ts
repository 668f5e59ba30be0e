// The CRD on a real API server: what it takes, gives back and refuses.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { definitionOf } from '../../../scripts/crd/custom-resource.ts';
import { type JsonObject, stringField } from '../../../src/model/json.ts';
import { createPolicySet } from '../../../src/policy/select.ts';
import { ISOLATION_POLICY } from '../../../src/resources/isolation-policy/index.ts';
import { openSnapshot, type Verdict } from '../../../src/resources/snapshot.ts';
import { policyYaml } from '../../support/gate.ts';
import { policyDocument } from '../../support/policy-objects.ts';
import { policyVerdicts, withPolicies } from '../../support/snapshots.ts';
import { at, listAt } from '../control-plane/at.ts';
import { type ControlPlane, startControlPlane } from '../control-plane/control-plane.ts';
import { installDefinition } from '../control-plane/custom-resources.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { refOf } from '../control-plane/kube-client.ts';
import { MISTAKES } from './mistakes.ts';
import { asPolicyObject, badSamples, goodSamples } from './objects.ts';

let plane: ControlPlane;

beforeAll(async () => {
  plane = await startControlPlane();
  await installDefinition(plane, definitionOf(ISOLATION_POLICY));
});

afterAll(async () => {
  await plane?.stop();
});

/** What the snapshot says of an object that the server has sent. */
function verdictOn(body: JsonObject): Verdict {
  const [verdict] = policyVerdicts(withPolicies(openSnapshot(createPolicySet([])), [asPolicyObject(body)]));
  if (!verdict) throw new Error('no verdict');
  return verdict;
}

test('the server has nothing to say against it', async () => {
  const name = 'isolationpolicies.sandgate.dev';
  const { body } = await expectOk(
    plane.admin.get({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', name }),
  );
  const conditions = listAt(body, 'status', 'conditions').map(
    (condition) => `${stringField(condition, 'type')}=${stringField(condition, 'status')}`,
  );
  // Where the schema is not structural, a third one says so.
  expect(conditions.toSorted()).toEqual(['Established=True', 'NamesAccepted=True']);
  const again = await expectOk(
    plane.admin.apply(definitionOf(ISOLATION_POLICY), { fieldValidation: 'Strict', dryRun: true }),
  );
  expect(again.warnings).toEqual([]);
});

describe('what loads from a file', () => {
  test.each(goodSamples())('comes back as it was sent, and is accepted: $title', async ({ document }) => {
    const applied = await expectOk(plane.admin.apply(document, { fieldValidation: 'Strict' }));
    expect(applied.warnings).toEqual([]);
    const { body } = await expectOk(plane.admin.get(refOf(document)));
    expect(body.spec).toEqual(document.spec);
    for (const key of ['labels', 'annotations'])
      expect(at(body, 'metadata', key)).toEqual(at(document, 'metadata', key));
    expect(verdictOn(body)).toMatchObject({ accepted: true, observedGeneration: 1 });
  });

  test('applied again by kubectl, it is unchanged', async () => {
    const file = policyYaml('agents', 'harden: [capabilities]\nvalidationActions: [Audit, Deny]');
    const first = await plane.kubectl(['apply', '-f', '-'], { stdin: file });
    expect(first).toEqual({ code: 0, stdout: 'isolationpolicy.sandgate.dev/agents created\n', stderr: '' });
    const again = await plane.kubectl(['apply', '-f', '-'], { stdin: file });
    expect(again).toEqual({ code: 0, stdout: 'isolationpolicy.sandgate.dev/agents unchanged\n', stderr: '' });
    const { body } = await expectOk(plane.admin.get(refOf(policyDocument(file))));
    expect(at(body, 'metadata', 'generation')).toBe(1);
    expect(verdictOn(body)).toMatchObject({ accepted: true, message: 'in force' });
  });
});

describe('what does not load from a file is refused', () => {
  // One of these files makes several mistakes, of which the server finds at least one, or all of its own kind.
  test.each(badSamples())('the server refuses the file, or its status does: $title', async ({ document }) => {
    const reply = await plane.admin.create(document, { fieldValidation: 'Strict' });
    if (reply.status !== 201) {
      expect([400, 422]).toContain(reply.status);
      return;
    }
    expect(reply.body.spec).toEqual(document.spec);
    expect(verdictOn(reply.body)).toMatchObject({ accepted: false, reason: 'Invalid' });
  });

  test.each(MISTAKES.map((mistake, index) => ({ ...mistake, index })))(
    'the API server and the loader both refuse: $name',
    async (mistake) => {
      const { server, ours, spec, index } = mistake;
      const document = policyDocument(policyYaml(`mistake-${index}`, spec));
      const reply = await plane.admin.create(document, { fieldValidation: 'Strict' });
      if (server === undefined) {
        expect(reply.status, 'nobody but our webhook refuses it').toBe(201);
        expect(reply.body.spec).toEqual(document.spec);
      } else {
        expect(stringField(reply.body, 'message')).toContain(server);
      }
      const object = { name: 'x', uid: 'x', generation: 1, document, status: undefined };
      const [verdict] = policyVerdicts(withPolicies(openSnapshot(createPolicySet([])), [object]));
      expect(verdict?.message).toContain(ours);
    },
  );
});

describe('what the server changes, it changes as it does everywhere', () => {
  test('an unknown key is dropped where the client does not insist, with a warning', async () => {
    const reply = await expectOk(
      plane.admin.create(policyDocument(policyYaml('unknown', 'harden: baseline\nhardn: x'))),
    );
    expect(reply.body.spec).toEqual({ harden: 'baseline' });
    expect(reply.warnings).toEqual(['unknown field "spec.hardn"']);
  });

  test('null is absence', async () => {
    const reply = await expectOk(
      plane.admin.create(policyDocument(policyYaml('absent', 'harden: baseline\nmatch: null'))),
    );
    expect(reply.body.spec).toEqual({ harden: 'baseline' });
  });

  test('what others write into metadata is theirs: it makes no new generation, and is not judged', async () => {
    const document = policyDocument(policyYaml('annotated', 'harden: baseline'));
    await expectOk(plane.admin.create(document));
    const metadata = { annotations: { 'Example.COM/Owner': 'me' }, finalizers: ['example.com/hold'] };
    const { body } = await expectOk(plane.admin.patch(refOf(document), { metadata }, 'merge'));
    expect(at(body, 'metadata', 'generation')).toBe(1);
    expect(verdictOn(body)).toMatchObject({ accepted: true });
    await expectOk(plane.admin.patch(refOf(document), { metadata: { finalizers: null } }, 'merge'));
  });
});
