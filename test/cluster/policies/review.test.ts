// /validate-policy behind a real API server: what people read whose policy is refused, and what gets through.

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { definitionOf } from '../../../scripts/crd/custom-resource.ts';
import { webhookConfigurations } from '../../../scripts/registration.ts';
import { stringField } from '../../../src/model/json.ts';
import { ISOLATION_POLICY } from '../../../src/resources/isolation-policy/index.ts';
import { gateOf, policyYaml } from '../../support/gate.ts';
import { policyDocument } from '../../support/policy-objects.ts';
import { type RecordingWebhook, startRecordingWebhook } from '../chart/recording-webhook.ts';
import { at } from '../control-plane/at.ts';
import { type ControlPlane, startControlPlane } from '../control-plane/control-plane.ts';
import { installDefinition } from '../control-plane/custom-resources.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { refOf } from '../control-plane/kube-client.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { MISTAKES } from './mistakes.ts';

const FINALIZER = 'example.com/hold';
/** Broken in a way that only we know of. */
const BROKEN = 'match: { objectSelector: { matchLabels: { _tier: a } } }\nharden: baseline';
const SAYS = '/spec/match/objectSelector/matchLabels/_tier: "_tier" is not valid (expected a label key: ';

let plane: ControlPlane;
let webhook: RecordingWebhook;

beforeAll(async () => {
  const gate = gateOf(policyYaml('floor', 'podSecurity: { level: baseline }'));
  [plane, webhook] = await Promise.all([startControlPlane(), startRecordingWebhook(gate)]);
  await installDefinition(plane, definitionOf(ISOLATION_POLICY));
  // Stored before anybody looked.
  const stored = policyDocument(policyYaml('stored', BROKEN));
  await expectOk(plane.admin.create({ ...stored, metadata: { name: 'stored', finalizers: [FINALIZER] } }));
  const { validating } = webhookConfigurations({
    name: 'sandgate',
    clientConfig: (path) => ({ url: webhook.url + path, caBundle: webhook.caBundle }),
  });
  await expectOk(plane.admin.create(validating));
  const probe = policyDocument(policyYaml('probe', 'harden: baseline'));
  await waitFor(
    async () => {
      await plane.admin.create(probe, { dryRun: true });
      return webhook.taken().length > 0;
    },
    { within: 30_000, what: 'the webhook is in effect' },
  );
});

afterAll(async () => {
  await plane?.stop();
  await webhook?.close();
});

beforeEach(() => {
  webhook.taken();
});

test('kubectl apply of a good policy says nothing more than usual', async () => {
  const result = await plane.kubectl(['apply', '-f', '-'], { stdin: policyYaml('good', 'harden: baseline') });
  expect(result).toEqual({ code: 0, stdout: 'isolationpolicy.sandgate.dev/good created\n', stderr: '' });
  expect(webhook.taken()).toEqual(['/validate-policy CREATE isolationpolicies good']);
});

test('kubectl apply of a broken one', async () => {
  const stdin = policyYaml('broken', `${BROKEN}\nidentity: { images: [{ image: "nginx:1", runAsUser: 1 }] }`);
  const result = await plane.kubectl(['apply', '-f', '-'], { stdin });
  expect(result.code).toBe(1);
  expect(result.stderr).toMatchInlineSnapshot(`
    "The IsolationPolicy "broken" is invalid: 
    * spec.match.objectSelector.matchLabels._tier: "_tier" is not valid (expected a label key: a name of at most 63 letters, digits, "-", "_" and ".", perhaps after a domain and "/")
    * spec.identity.images[0]: image "nginx:1" can match nothing: it holds a tag; put the tag in tags
    "
  `);
});

test('kubectl apply of a doubtful one', async () => {
  const stdin = policyYaml('doubtful', 'harden: baseline\nchecks: { hostPorts: { validationActions: [Warn] } }');
  const result = await plane.kubectl(['apply', '-f', '-'], { stdin });
  expect(result.code).toBe(0);
  expect(result.stderr).toMatchInlineSnapshot(`
    "Warning: IsolationPolicy "doubtful": /spec/checks/hostPorts: has no effect: the policy sets no podSecurity level
    "
  `);
});

test.each(MISTAKES.filter(({ server }) => server === undefined))('a client library is told: $name', async (mistake) => {
  const reply = await plane.admin.create(policyDocument(policyYaml('mistake', mistake.spec)));
  expect(reply.status).toBe(422);
  expect(stringField(reply.body, 'reason')).toBe('Invalid');
  expect(stringField(reply.body, 'message')).toContain(mistake.ours);
  expect(String(at(reply.body, 'details', 'causes', 0, 'field'))).toMatch(/^spec\./);
});

test('a good policy cannot be broken, and a dry run tells so', async () => {
  const document = policyDocument(policyYaml('once-good', 'harden: baseline'));
  await expectOk(plane.admin.create(document));
  const broken = policyDocument(policyYaml('once-good', BROKEN));
  const patch = { spec: broken.spec };
  for (const dryRun of [true, false]) {
    const reply = await plane.admin.patch(refOf(document), patch, 'merge', { dryRun });
    expect(reply.status).toBe(422);
    expect(stringField(reply.body, 'message')).toContain(SAYS);
  }
  const { body } = await expectOk(plane.admin.get(refOf(document)));
  expect(body.spec).toEqual({ harden: 'baseline' });
});

test('one that was broken before takes labels, loses its finalizer, and can be deleted', async () => {
  const ref = refOf(policyDocument(policyYaml('stored', BROKEN)));
  await expectOk(plane.admin.patch(ref, { metadata: { labels: { team: 'a' } } }, 'merge'));
  const other = await plane.admin.patch(ref, { spec: { priority: 1 } }, 'merge');
  expect(stringField(other.body, 'message')).toContain(SAYS);
  await expectOk(plane.admin.delete(ref));
  await expectOk(plane.admin.patch(ref, { metadata: { finalizers: null } }, 'merge'));
  expect((await plane.admin.get(ref)).status).toBe(404);
});

test('what is sent here by mistake is not let in', async () => {
  await expectOk(
    plane.admin.create({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: 'misdirected' },
      webhooks: [
        {
          name: 'misdirected.example.com',
          clientConfig: { url: `${webhook.url}/validate-policy`, caBundle: webhook.caBundle },
          rules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'], operations: ['CREATE'] }],
          sideEffects: 'None',
          admissionReviewVersions: ['v1'],
        },
      ],
    }),
  );
  const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'default' } };
  const message = await waitFor(
    async () => stringField((await plane.admin.create(map, { dryRun: true })).body, 'message'),
    { within: 30_000, what: 'the webhook is in effect' },
  );
  expect(message).toContain('failed calling webhook "misdirected.example.com"');
  expect(webhook.taken()).toContain('/validate-policy CREATE configmaps a');
});
