// The chart's clientCA: the server that it starts answers clients of that CA, and no API server that shows no certificate.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { issue } from '../../support/certificates.ts';
import { recordedNames, recordedReview } from '../../support/reviews.ts';
import { type ControlPlane, startControlPlane } from '../control-plane/control-plane.ts';
import { createNamespace } from '../control-plane/namespaces.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { type Deployed, deploy } from './deployed.ts';

let plane: ControlPlane;
let server: Deployed;

beforeAll(async () => {
  plane = await startControlPlane();
  server = await deploy(plane, [
    '--set=clientCA.secretName=api-server-ca,clientCA.names={kube-apiserver}',
    // So that what `deployed.ts` replaces is all there.
    '--set-json=policies=[{"apiVersion":"sandgate.dev/v1alpha1","kind":"IsolationPolicy","metadata":{"name":"a"},"spec":{}}]',
  ]);
});

afterAll(async () => {
  await plane?.stop();
  await server?.stop();
});

test.each([
  { what: 'of the right name', name: 'kube-apiserver', status: 200 },
  { what: 'of another name', name: 'kubelet', status: 403 },
])('a client $what gets $status', async ({ name, status }) => {
  const own = await issue(server.clientAuthority, { name, usage: 'clientAuth' });
  const client = server.connect(own);
  const answer = await client.post('/validate', recordedReview(recordedNames()[0] ?? ''));
  client.close();
  expect(answer.status).toBe(status);
});

test('probes need none: the kubelet has no certificate', async () => {
  const client = server.connect();
  const answers = await Promise.all(['/livez', '/readyz'].map((path) => client.send(path)));
  client.close();
  expect(answers.map((answer) => answer.status)).toEqual([200, 200]);
});

test('an API server that is not told to show one is refused, and every pod with it', async () => {
  const namespace = await createNamespace(plane);
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'bare', namespace },
    spec: { containers: [{ name: 'app', image: 'example.com/app:1' }] },
  };
  let says = '';
  const isAsked = async (): Promise<boolean> => {
    const { status, body } = await plane.admin.create(pod, { dryRun: true });
    says = String(body.message);
    return status !== 201;
  };
  await waitFor(isAsked, { within: 30_000, what: 'the webhooks are in effect' });
  expect(says).toContain(
    'failed calling webhook "workloads.validate.sandgate.dev": failed to call webhook: a client certificate is needed',
  );
});
