// Classes in files and in a cluster, as `sandgate serve` takes them together; against a fake API server: see there why.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ownField } from '../../src/model/json.ts';
import { policyYaml } from '../support/gate.ts';
import { FakeApiServer, PATHS } from './fake-api-server.ts';
import { capabilityClass, isolationPolicy } from './objects.ts';
import { serveCluster } from './served-cluster.ts';

const { isolationpolicies: POLICIES, capabilityclasses: CLASSES } = PATHS;
const CLASS = {
  authorization: 'Policy',
  implementations: [{ name: 'one', grant: { env: [{ name: 'A', value: 'b' }] } }],
};

/** A file with these documents. */
function fileOf(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'sandgate-files-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'file.yaml');
  writeFileSync(file, text);
  return file;
}

function reviewOf(object: { readonly kind?: unknown }): object {
  const isPolicy = object.kind === 'IsolationPolicy';
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: 'p-1',
      kind: { group: 'sandgate.dev', version: 'v1alpha1', kind: object.kind },
      resource: {
        group: 'sandgate.dev',
        version: 'v1alpha1',
        resource: isPolicy ? 'isolationpolicies' : 'capabilityclasses',
      },
      operation: 'CREATE',
      userInfo: { username: 'admin' },
      object,
    },
  };
}

describe('a server that follows a cluster', () => {
  test('takes a policy of a file whose class is yet to come, and says so once', async () => {
    const api = await FakeApiServer.start();
    const served = await serveCluster(
      api.kubeconfig(),
      '-p',
      fileOf(policyYaml('static', 'capabilities: [{ name: docker }]')),
    );
    await expect.poll(served.readyz).toBe(200);
    await expect
      .poll(() => served.lines('capability class not found'))
      .toMatchObject([{ policy: 'static', problem: '/spec/capabilities/0/name: class docker does not exist (yet)' }]);
    api.put(CLASSES, capabilityClass('docker', CLASS));
    await expect.poll(() => served.lines('class accepted')).toMatchObject([{ class: 'docker', generation: 1 }]);
    await expect.poll(() => served.lines('policies changed')).toMatchObject([{ policies: 1, classes: 1 }]);
    expect(served.lines('capability class not found')).toHaveLength(1);
  });

  test('takes classes of files alone, and holds what is written against them', async () => {
    const api = await FakeApiServer.start();
    const served = await serveCluster(api.kubeconfig(), '-p', 'landjail');
    await expect.poll(served.readyz).toBe(200);
    const answers = await Promise.all(
      [
        capabilityClass('landjail', CLASS),
        capabilityClass('other', { ...CLASS, implementations: [{ name: 'one' }] }),
        capabilityClass('other', CLASS),
        isolationPolicy('a', { capabilities: [{ name: 'landjail', implementation: 'landlocks' }, { name: 'other' }] }),
      ].map(async (object) =>
        ownField((await served.client.post('/validate-policy', reviewOf(object))).body, 'response'),
      ),
    );
    expect(answers.map((answer) => ownField(answer, 'allowed'))).toEqual([false, false, true, true]);
    expect(ownField(answers[3], 'warnings')).toEqual([
      'IsolationPolicy "a": /spec/capabilities/0/implementation: "landlocks" is not an implementation of class landjail (did you mean "landlock"?)',
      'IsolationPolicy "a": /spec/capabilities/1/name: class other does not exist (yet)',
    ]);
    await expect
      .poll(() => served.lines('reviewed a policy').map((line) => ownField(line, 'kind')))
      .toContain('CapabilityClass');
  });

  test('counts the classes that are not in force as written', async () => {
    const api = await FakeApiServer.start();
    api.put(CLASSES, capabilityClass('docker', { implementations: [] }));
    api.put(POLICIES, isolationPolicy('a', { harden: 'baseline' }));
    const served = await serveCluster(api.kubeconfig());
    await expect.poll(served.readyz).toBe(200);
    const metrics = await served.metrics();
    expect(metrics.get('sandgate_capability_classes_refused')).toBe(1);
    expect(metrics.get('sandgate_policies_refused')).toBe(0);
    await expect.poll(() => served.lines('class not accepted')).toMatchObject([{ class: 'docker', reason: 'Invalid' }]);
  });
});
