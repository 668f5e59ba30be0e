// `sandgate test --coverage`: what no case reaches, for every kind of part there is.
import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { PART_KINDS } from '../../src/cli/test-coverage/index.ts';
import { folderWith, sandgate } from './console.ts';

const POLICY = `apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata: { name: mine }
spec:
  podSecurity: { level: baseline }
  identity:
    runAsNonRoot: true
    images:
      - { image: registry.example.com/a, runAsUser: 1001 }
      - { image: registry.example.com/b, runAsUser: 1002 }
  checks:
    privileged:
      except:
        - { images: [registry.example.com/a], reason: builds need it }
        - { images: [registry.example.com/b], reason: nobody remembers }
  capabilities: [{ name: tunnel }]
---
apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata: { name: never }
spec: { match: { kinds: [CronJob] }, harden: [seccompProfile] }
---
apiVersion: sandgate.dev/v1alpha1
kind: CapabilityClass
metadata: { name: tunnel }
spec:
  authorization: Policy
  implementations:
    - name: none
      when: namespaceObject.metadata.labels[?'tunnels'].orValue('') == 'no'
      reject: use another namespace
    - name: device
      when: namespaceObject.metadata.labels[?'tunnels'].orValue('') == 'device'
      grant: { containers: first, env: [{ name: TUNNEL, value: device }] }
    - name: plain
      grant: { containers: first, env: [{ name: TUNNEL, value: plain }] }
`;

function pod(image: string, more = '', metadata = ''): string {
  return `{ apiVersion: v1, kind: Pod, metadata: { name: a${metadata} }, spec: { containers: [{ name: a, image: ${image}${more} }] } }`;
}

const SUITE = `apiVersion: sandgate.dev/v1alpha1
kind: PolicyTest
metadata: { name: mine }
spec:
  policies: [policy.yaml, restricted]
  cases:
    - name: a row, an exception and a check
      object: ${pod('registry.example.com/a', ', securityContext: { privileged: true }')}
      expect: { verdict: denied }
    - name: an implementation of a Deployment's pods, whose identity is filled in
      object:
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: a }
        spec: { template: ${pod('registry.example.com/a', '', ', annotations: { sandgate.dev/capabilities: tunnel }').replace('apiVersion: v1, kind: Pod, ', '').replace('name: a, annotations', 'annotations')} }
      expect: { verdict: denied }
    - name: a rejection
      namespaceLabels: { tunnels: "no" }
      object: ${pod('registry.example.com/a', '', ', annotations: { sandgate.dev/capabilities: tunnel }')}
      expect: { verdict: denied }
`;

const REPORT = `coverage: 10 of 28 (35%)
  policy          1 of 2
  rule            3 of 4
  check           1 of 13
  fill-in         1 of 2
  image row       1 of 2
  exception       1 of 2
  implementation  2 of 3

reached by no case:
  policy.yaml:18: policy "never"
  policy.yaml:21: rule harden of policy "never"
  policy.yaml:5: checks appArmorProfile, capabilities_baseline, hostNamespaces, hostPathVolumes, hostPorts, hostProbesAndHostLifecycle, procMount, seLinuxOptions, seccompProfile_baseline, sysctls, windowsHostProcess of policy "mine"
  policy.yaml:7: check unknownImage of policy "mine"
  policy.yaml:21: fill-in seccompProfile of policy "never"
  policy.yaml:10: image row registry.example.com/b of policy "mine"
  policy.yaml:15: exception privileged (nobody remembers) of policy "mine"
  policy.yaml:32: implementation device of class "tunnel"
`;

test('each part of the policies that suites name by their files is reached or listed with its line', async () => {
  const folder = folderWith({ 'suite.yaml': SUITE, 'policy.yaml': POLICY });
  const printed = await sandgate(folder, 'test suite.yaml --coverage');
  expect(printed.code).toBe(0);
  const report = printed.stdout.slice(printed.stdout.indexOf('coverage:'));
  expect(report).toBe(REPORT);
});

test('demands in CEL and exceptions of namespaces count each by itself', async () => {
  const policy = `apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata: { name: cel }
spec:
  validations:
    - { name: no-node, expression: "!has(object.spec.nodeName)" }
    - { name: no-host, expression: "!has(object.spec.hostname)" }
  exceptions: { allow: true }
---
apiVersion: sandgate.dev/v1alpha1
kind: IsolationException
metadata: { name: used, namespace: default }
spec: { policy: cel, checks: [validations], containers: [a], reason: it may, expires: 2027-06-30 }
---
apiVersion: sandgate.dev/v1alpha1
kind: IsolationException
metadata: { name: idle, namespace: other }
spec: { policy: cel, checks: [validations], containers: [a], reason: nobody knows, expires: 2027-06-30 }
`;
  const suite = `apiVersion: sandgate.dev/v1alpha1
kind: PolicyTest
metadata: { name: mine }
spec:
  policies: [policy.yaml]
  cases:
    - name: a node
      now: 2027-06-01
      object: { apiVersion: v1, kind: Pod, metadata: { name: a }, spec: { nodeName: node-1, containers: [{ name: a }] } }
      expect: { verdict: allowed }
`;
  const folder = folderWith({ 'suite.yaml': suite, 'policy.yaml': policy });
  const { stdout } = await sandgate(folder, 'test suite.yaml --coverage');
  expect(stdout.slice(stdout.indexOf('coverage:'))).toBe(`coverage: 7 of 9 (77%)
  policy      1 of 1
  rule        1 of 1
  check       1 of 1
  validation  1 of 2
  branch      2 of 2
  exception   1 of 2

reached by no case:
  policy.yaml:7: validation no-host of policy "cel"
  policy.yaml:15: exception "other/idle"
`);
});

const EXPRESSIONS = `apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata: { name: cel }
spec:
  match:
    conditions:
      - { name: some, expression: "object.metadata.?name.orValue('') != 'b' || request.operation == 'UPDATE'" }
  variables:
    - name: images
      expression: object.spec.containers.map(c, c.image)
  validations:
    - name: registry
      expression: |
        variables.images.all(image,
          image.startsWith('a/') ||
          image.startsWith('b/'))
        && (object.spec.?hostNetwork.orValue(false)
            ? false : true)
      messageExpression: >-
        size(variables.images) > 1
          ? 'several images from elsewhere'
          : 'an image from ' +
            variables.images[0]
    - name: ports
      expression: object.spec.containers.all(c, c.?ports.orValue([]).all(p, p.containerPort > 1024))
`;

function suiteOf(...images: readonly string[]): string {
  const cases = images.map(
    (image) =>
      `    - { name: image ${image}, object: ${pod(image)}, expect: { verdict: ${image < 'c' ? 'allowed' : 'denied'} } }\n`,
  );
  return `apiVersion: sandgate.dev/v1alpha1
kind: PolicyTest
metadata: { name: mine }
spec:
  policies: [policy.yaml]
  cases:
${cases.join('')}`;
}

test('branches of expressions that no case reaches are listed with line and column', async () => {
  const folder = folderWith({ 'suite.yaml': suiteOf('a/x', 'c/x'), 'policy.yaml': EXPRESSIONS });
  const { stdout } = await sandgate(folder, 'test suite.yaml --coverage');
  expect(stdout.slice(stdout.indexOf('  branch'))).toBe(`  branch      12 of 16

reached by no case:
  policy.yaml:24: validation ports of policy "cel"
  policy.yaml:7: branch 7:80 what follows || in condition "some" of policy "cel"
  policy.yaml:18: branch 18:15 what follows ? in validation "registry" of policy "cel"
  policy.yaml:21: branch 21:13 what follows ? in the message of validation "registry" of policy "cel"
  policy.yaml:25: branch 25:77 the body of all in validation "ports" of policy "cel"
`);
});

test('suites reach the branches of a policy together', async () => {
  const only = async (...images: readonly string[]): Promise<string> => {
    const folder = folderWith({ 'suite.yaml': suiteOf(...images), 'policy.yaml': EXPRESSIONS });
    return (await sandgate(folder, 'test suite.yaml --coverage')).stdout;
  };
  // The message is asked for where something is refused, and no sooner.
  expect(await only('a/x')).toContain('policy.yaml:20: branch 20:9 the message of validation "registry"');
  expect(await only('c/x')).not.toContain('branch 20:9');
  // In the one suite && is reached, and in the other the message.
  const folder = folderWith({
    'one.test.yaml': suiteOf('a/x'),
    'two.test.yaml': suiteOf('c/x'),
    'policy.yaml': EXPRESSIONS,
  });
  const { stdout } = await sandgate(folder, 'test one.test.yaml two.test.yaml --coverage');
  expect(stdout).toContain('  branch      12 of 16\n');
});

test('the JSON report has the counts and everything that is not reached', async () => {
  const folder = folderWith({ 'suite.yaml': SUITE, 'policy.yaml': POLICY });
  const printed = await sandgate(folder, 'test suite.yaml --coverage -o json');
  expect(printed.json()).toMatchObject({
    summary: { passed: 3, failed: 0 },
    coverage: {
      kinds: { exception: { total: 2, reached: 1, percent: 50 } },
      unreached: expect.arrayContaining([
        {
          kind: 'exception',
          name: 'privileged (nobody remembers)',
          of: 'policy "mine"',
          file: 'policy.yaml',
          line: 15,
          column: 11,
        },
        { kind: 'implementation', name: 'device', of: 'class "tunnel"', file: 'policy.yaml', line: 32, column: 7 },
      ]) as unknown,
    },
  });
});

test('a threshold that is not met fails the run, and one that is met does not', async () => {
  const folder = folderWith({ 'suite.yaml': SUITE, 'policy.yaml': POLICY });
  const failed = await sandgate(folder, 'test suite.yaml --coverage-threshold 90');
  expect(failed.code).toBe(1);
  expect(failed.stderr).toMatch(
    /^sandgate: cases reach \d+ of \d+ parts of the policies, \d+% \(expected at least 90%\)\n/m,
  );
  expect(await sandgate(folder, 'test suite.yaml --coverage-threshold 10')).toMatchObject({ code: 0 });
  expect((await sandgate(folder, 'test suite.yaml --coverage-threshold 101')).stderr).toContain(
    '(expected a number from 0 to 100)',
  );
});

test('policies in a folder named tests, and shipped bundles, are there for others to be tested', async () => {
  const folder = folderWith({
    'class.yaml': POLICY.slice(POLICY.lastIndexOf('---\n') + 4),
    'tests/policy.yaml': POLICY.slice(0, POLICY.lastIndexOf('---\n')),
    'tests/suite.yaml': SUITE.replace('[policy.yaml, restricted]', '[policy.yaml, ../class.yaml, restricted]'),
  });
  const { stdout } = await sandgate(folder, 'test . --coverage');
  expect(stdout).toContain('coverage: 2 of 3 (66%)\n  implementation  2 of 3\n');
});

test('kinds of parts are the files of their folder', () => {
  const others = ['index.ts', 'part.ts', 'policy-of.ts', 'rule-parts.ts', 'recorder.ts', 'counted.ts'];
  const files = readdirSync(resolve(import.meta.dirname, '../../src/cli/test-coverage'));
  expect(files.filter((name) => !others.includes(name))).toHaveLength(PART_KINDS.length);
});
