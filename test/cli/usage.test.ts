// Mistakes in the command line, exit codes, help, and that the examples in help work.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { COMMANDS } from '../../src/cli/commands/index.ts';
import { formatNames } from '../../src/cli/output.ts';
import { VERSION } from '../../src/model/version.ts';
import { policyYaml } from '../support/gate.ts';
import { BARE_POD, DEPLOYMENT, folderWith, LABEL_POLICY, sandgate } from './console.ts';
import { RECORDED_LOG } from './replay/recorded.ts';

const SUITE = `apiVersion: sandgate.dev/v1alpha1
kind: PolicyTest
metadata: { name: agents }
spec:
  policies: [agents]
  cases:
    - name: a bare pod is let in
      input: ../../pod.yaml
      expect: { verdict: allowed }
`;

const NAMESPACE =
  'apiVersion: v1\nkind: Namespace\nmetadata: { name: a, labels: { pod-security.kubernetes.io/enforce: baseline } }\n';
/** What `kubectl get` prints. */
const LISTED = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [parse(BARE_POD)] });
const RECORDED = readFileSync(RECORDED_LOG, 'utf8');
const KYVERNO_POLICY = `apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata: { name: pods }
spec:
  rules:
    - name: baseline
      match: { any: [{ resources: { kinds: [Pod] } }] }
      validate: { podSecurity: { level: baseline } }
`;

test.each([
  ['chek', "unknown command 'chek' (did you mean check?)"],
  ['check --polices x', "unknown option '--polices' (did you mean --policies?)"],
  ['check -f pod.yaml', 'no policies given (expected -p with a file, a folder or a bundle)'],
  ['check -p agents', 'no manifests given (expected -f with a file, a folder or -)'],
  [
    'check -p agents -f pod.yaml -o yaml',
    `option '-o, --output <format>' argument 'yaml' is invalid (expected one of ${formatNames('judged').join(', ')})`,
  ],
  [
    'check -p agents -f pod.yaml --namespace-labels a',
    `option '--namespace-labels <k=v,...>' argument 'a' is invalid: "a" is not a label (expected key=value)`,
  ],
  ['check -p agent -f pod.yaml', 'agent: no such file, folder or bundle (did you mean "agents"?)'],
  ['check -p bad.yaml -f pod.yaml', 'bad.yaml:4:9: /spec/podSecurty: unknown key (did you mean "podSecurity"?)'],
  ['serve -p agents', 'no certificate to serve with (expected --tls-cert and --tls-key, or --dev-cert)'],
  [
    'serve -p agents --tls-cert pod.yaml',
    'no certificate to serve with (expected --tls-cert and --tls-key, or --dev-cert)',
  ],
  [
    'serve -p restricted --dev-cert --authorization-cache-authorized-ttl 5',
    '--authorization-cache-authorized-ttl and --authorization-cache-unauthorized-ttl are about the answers of an API server, and no cluster is followed (expected them with --kubeconfig or --in-cluster)',
  ],
  [
    'serve -p agents --tls-cert pod.yaml --tls-key pod.yaml --client-name kube-apiserver',
    '--client-name without a CA for client certificates (expected --client-ca as well)',
  ],
  [
    'serve -p agents --dev-cert --client-ca pod.yaml',
    "option '--client-ca <file>' cannot be used with option '--dev-cert'",
  ],
  [
    'serve -p agents --tls-cert pod.yaml --tls-key pod.yaml --register-webhooks pod.yaml',
    '--register-webhooks without a cluster (expected --kubeconfig or --in-cluster as well)',
  ],
  [
    'serve -p agents --tls-cert pod.yaml --tls-key pod.yaml --tls-ca pod.yaml',
    '--tls-ca and --events-about are for webhooks (expected --register-webhooks as well)',
  ],
  [
    'serve -p agents --dev-cert --register-webhooks pod.yaml',
    "option '--register-webhooks <file>' cannot be used with option '--dev-cert'",
  ],
  ['status', 'no cluster given (expected --kubeconfig, or --in-cluster in a pod)'],
  ['status --kubeconfig x', 'x: there is no such file (expected a kubeconfig)'],
  ['serve -p agents --dev-cert --kubeconfig x', 'x: there is no such file (expected a kubeconfig)'],
  [
    'serve --kubeconfig x --in-cluster --dev-cert',
    "option '--kubeconfig <file>' cannot be used with option '--in-cluster'",
  ],
  [
    'serve --kubeconfig x --context by-label.yaml --dev-cert',
    '--context, --namespace-labels and --namespace-annotations say what a cluster would know, and there is a cluster (expected them without --kubeconfig and --in-cluster)',
  ],
  [
    'serve --dev-cert',
    'no policies given (expected -p with a file, a folder or a bundle; or a cluster, with --kubeconfig or --in-cluster)',
  ],
  [
    'serve -p agents --dev-cert --port 65536',
    "option '--port <number>' argument '65536' is invalid (expected a number from 0 to 65535)",
  ],
  [
    'serve -p agents --dev-cert --no-metrics --metrics-on-webhook-port',
    '--no-metrics and --metrics-on-webhook-port contradict each other (expected one of them)',
  ],
  [
    'serve -p agents --dev-cert --drain soon',
    "option '--drain <seconds>' argument 'soon' is invalid (expected seconds, at most 3600)",
  ],
  [
    'serve -p agents --dev-cert --port 0 --drain 30',
    '--shutdown-deadline 20 is shorter than --drain 30 (expected at least 30)',
  ],
  [
    'serve -p by-label.yaml --dev-cert --port 0',
    'by-label.yaml:1: policy "by-label" depends on the labels of namespaces, which are not known (expected --kubeconfig or --in-cluster, --context with Namespace objects, or --namespace-labels)',
  ],
  [
    'serve -p by-annotation.yaml --dev-cert --port 0',
    'by-annotation.yaml:1: policy "by-annotation" reads annotation example.com/users of namespaces, which are not known (expected --kubeconfig or --in-cluster, --context with Namespace objects, or --namespace-annotations)',
  ],
  [
    'check -p agents -f pod.yaml --namespace-annotations a',
    `option '--namespace-annotations <k=v,...>' argument 'a' is invalid: "a" is not an annotation (expected key=value)`,
  ],
  ['review -p agents -f pod.yaml --mutate --validate', "option '--mutate' cannot be used with option '--validate'"],
  ['test', "missing required argument 'path'"],
  ['test pod.yaml', 'pod.yaml:1:1'],
  ['version extra', "too many arguments for 'version'. Expected 0 arguments but got 1: extra."],
])('sandgate %s is a mistake', async (line, message) => {
  const bad =
    'apiVersion: sandgate.dev/v1alpha1\nkind: IsolationPolicy\nmetadata: { name: bad }\nspec: { podSecurty: {} }\n';
  const byAnnotation = policyYaml(
    'by-annotation',
    'identity: { users: { fromNamespaceAnnotation: example.com/users } }',
  );
  const folder = folderWith({
    'pod.yaml': BARE_POD,
    'bad.yaml': bad,
    'by-label.yaml': LABEL_POLICY,
    'by-annotation.yaml': byAnnotation,
  });
  const printed = await sandgate(folder, line);
  expect(printed).toMatchObject({ code: 2, stdout: '' });
  const [first = ''] = printed.stderr.split('\n');
  expect(first.replace(/(?<=^sandgate: )\S*(?=(?:by-label|by-annotation|bad)\.yaml)/, '')).toContain(
    `sandgate: ${message}`,
  );
});

test('without a command there is help, and exit code 2', async () => {
  const printed = await sandgate('/', []);
  expect(printed).toMatchObject({ code: 2, stdout: '' });
  expect(printed.stderr).toMatch(/^Usage: sandgate/);
});

test('help that is asked for is a result', async () => {
  const printed = await sandgate('/', '--help');
  expect(printed).toMatchObject({ code: 0, stderr: '' });
  for (const { name, summary } of COMMANDS)
    expect(printed.stdout).toMatch(new RegExp(`^  ${name} .*  ${summary}$`, 'm'));
  expect(printed.stdout).toContain('Exit codes:');
});

test('version prints the version, as text and as JSON', async () => {
  const text = `sandgate ${VERSION} (node ${process.version}, Pod Security Standards 1.0 to 1.37)\n`;
  expect(await sandgate('/', 'version')).toMatchObject({ code: 0, stdout: text });
  expect((await sandgate('/', 'version -o json')).json()).toMatchObject({ sandgate: VERSION });
  expect(await sandgate('/', '--version')).toMatchObject({ code: 0, stdout: `${VERSION}\n` });
});

test('a bug of ours exits with 3 and says so', async () => {
  const folder = folderWith({ 'pod.yaml': BARE_POD });
  const { run } = await import('../../src/cli/run.ts');
  let stderr = '';
  const code = await run(['check', '-p', 'baseline', '-f', 'pod.yaml'], {
    stdin: Readable.from([]),
    stdout: {
      write: () => {
        throw new Error('boom');
      },
    },
    stderr: { write: (text) => (stderr += text) },
    env: {},
    cwd: folder,
    stdoutIsTTY: false,
    stderrIsTTY: false,
  });
  expect(code).toBe(3);
  expect(stderr).toMatch(/^sandgate: boom \(this is a bug in sandgate\)\n/);
});

describe('the examples in help work', () => {
  const review = readFileSync(resolve(import.meta.dirname, '../reviews/pod-create-mutate.json'), 'utf8');
  const files = {
    'pod.yaml': BARE_POD,
    'running.yaml': BARE_POD,
    'edited.yaml': BARE_POD,
    'web.yaml': DEPLOYMENT,
    'deploy/web.yaml': DEPLOYMENT,
    'review.json': review,
    'policies/policy.yaml': LABEL_POLICY,
    'policies/tests/suite.yaml': SUITE,
    'kyverno/pods.yaml': KYVERNO_POLICY,
    'namespaces.yaml': NAMESPACE,
    'policies-next/policy.yaml': LABEL_POLICY,
    'audit.log': RECORDED,
    'audit-logs/audit.log': RECORDED,
    'old/dist/sandgate.js': `void import(${JSON.stringify(resolve(import.meta.dirname, '../../src/main.ts'))});\n`,
    'mount-allowlist.json': '{ "allowedRoots": [{ "path": "~/projects" }], "blockedPatterns": [] }',
  };
  const read = (file: string): string => readFileSync(resolve(folderWith(files), file), 'utf8');
  const lines = COMMANDS.flatMap(({ name, examples }) => examples.map(({ line }) => [name, line] as const));
  // Servers do not come to an end: test/cli/process.test.ts and test/playground start them. A cluster is asked in test/cluster, a status in
  // test/live/status.test.ts, and registries in test/cli/users.
  const runHere = lines.filter(
    ([name, line]) => !['serve', 'playground', 'status', 'users'].includes(name) && !line.includes('--kubeconfig'),
  );

  test.each(COMMANDS.map((command) => [command.name, command] as const))(
    '%s has two in its help',
    async (name, command) => {
      expect(command.examples.length).toBeGreaterThanOrEqual(2);
      const printed = await sandgate('/', [name, '--help']);
      for (const { line } of command.examples) expect(printed.stdout).toContain(`  ${line}\n`);
    },
  );

  test.each(runHere)('the example of %s works: %s', async (_, line) => {
    const [piped = '', command = line] = line.includes(' | ') ? line.split(' | ') : [];
    const stdin = piped.startsWith('kubectl get ') ? LISTED : piped === '' ? '' : read(piped.replace('cat ', ''));
    const args = command.replace('sandgate ', '').replace(/ > .*/, '');
    const printed = await sandgate(folderWith(files), args, { stdin });
    expect([0, 1]).toContain(printed.code);
    expect(printed.stderr).not.toMatch(/error|expected/);
    expect(printed.stdout).not.toBe('');
  });
});
