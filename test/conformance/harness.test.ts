// Upstream's own harness against a real API server that asks our webhook, and not its PodSecurity plugin, about pods: for
// every level and every version at which a rule changes, each fixture as a Pod and inside a Deployment.
//
// The harness looks for a word of each refusal and warning, not for whole texts, and it has to: the API server copies
// AppArmor annotations into the fields that took their place before it asks anybody, so that what the fixtures say once
// is there twice, and the text names the container beside the annotation. oracle.test.ts compares whole texts.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import { POD_SECURITY_CHECKS } from '../../src/pod-security/checks/index.ts';
import { NEWEST_MINOR } from '../../src/pod-security/standard.ts';
import { type ControlPlane, startControlPlane } from '../cluster/control-plane/control-plane.ts';
import type { KubeReply } from '../cluster/control-plane/kube-http.ts';
import { createNamespace } from '../cluster/control-plane/namespaces.ts';
import { waitFor } from '../cluster/control-plane/wait-for.ts';
import { policyYaml } from '../support/gate.ts';
import { seriesOf } from '../support/scrape.ts';
import { buildHarness } from './programs.ts';
import { type Sandgate, startSandgate } from './sandgate.ts';

const REQUEST_LABELS = ['request_operation', 'resource', 'subresource'];
const EVALUATION_LABELS = ['decision', 'mode', 'policy_level', 'policy_version', ...REQUEST_LABELS];

const APPARMOR = 'container.apparmor.security.beta.kubernetes.io/a';

let plane: ControlPlane;
let sandgate: Sandgate;
let harness: string;
let namespace: string;

beforeAll(async () => {
  harness = await buildHarness();
  plane = await startControlPlane();
  sandgate = await startSandgate(plane, policyYaml('upstream', 'podSecurity: { fromNamespaceLabels: true }'));
  namespace = await createNamespace(plane, { 'pod-security.kubernetes.io/enforce': 'baseline' });
  await waitFor(async () => (await create({ hostPID: true })).status === 403, {
    within: 30_000,
    what: 'the webhook is asked',
  });
}, 1_200_000);

afterAll(async () => {
  await sandgate?.stop();
  await plane?.stop();
});

test("upstream's harness passes", async () => {
  const started = performance.now();
  const { passed, failed, skipped, code, output } = await runHarness(plane);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `harness: ${passed.length} subtests passed, ${failed.length} failed, ${skipped.length} skipped in ${seconds} s`,
  );
  expect({ failed, skipped, code }, output.slice(-20_000)).toEqual({ failed: [], skipped: [], code: 0 });
  expect(passed.length).toBe(expectedSubtests());
}, 1_800_000);

test('of an AppArmor annotation the server makes a field, too, and the text names both', async () => {
  const { status, body } = await create({}, { annotations: { [APPARMOR]: 'unconfined' } });
  const said = `to "Unconfined", "${APPARMOR}="unconfined""`;
  expect([status, body.message]).toEqual([
    403,
    expect.stringContaining(
      `forbidden AppArmor profiles (container "a" and annotation must not set AppArmor profile type ${said})`,
    ),
  ]);
});

test('afterwards the metrics have what dashboards made for upstream ask for', async () => {
  const series = [...seriesOf(await sandgate.scrape())];
  const of = (metric: string): (readonly [string, number])[] =>
    series.filter(([name]) => name.startsWith(`${metric}{`));
  const evaluations = of('pod_security_evaluations_total');
  for (const [name] of evaluations) expect(labelsOf(name)).toEqual(EVALUATION_LABELS);
  for (const [name] of of('pod_security_exemptions_total')) expect(labelsOf(name)).toEqual(REQUEST_LABELS);
  expect(of('pod_security_exemptions_total')).toHaveLength(4);
  expect(of('pod_security_errors_total')).toEqual([]);
  const sum = (...labels: readonly string[]): number =>
    evaluations.filter(([name]) => labels.every((label) => name.includes(label))).reduce((all, [, n]) => all + n, 0);
  console.log(
    `counted: ${sum('mode="enforce"', 'deny')} pods refused and ${sum('mode="enforce"', 'allow')} let in, ${sum('mode="warn"')} warnings about controllers`,
  );
  for (const level of ['baseline', 'restricted']) {
    for (const version of ['v1.0', 'v1.37']) {
      const at = [`policy_level="${level}"`, `policy_version="${version}"`, 'request_operation="create"'];
      const pods = sum(...at, 'mode="enforce"', 'resource="pod"', 'decision="deny"');
      const controllers = sum(...at, 'mode="warn"', 'resource="controller"', 'decision="deny"');
      expect(pods, at.join()).toBeGreaterThan(25);
      // Each fixture as a Pod is refused, and as a Deployment warned about.
      expect(controllers, at.join()).toBe(pods);
      expect(sum(...at, 'mode="enforce"', 'resource="pod"', 'decision="allow"'), at.join()).toBeGreaterThan(10);
    }
  }
});

test('without the webhook it fails: it is us who pass it', async () => {
  const bare = await startControlPlane();
  try {
    const name = 'podsecurity-baseline-1-0_fail_privileged';
    const { passed, failed, code } = await runHarness(bare, `^TestHarness$/^${name}$`);
    expect({ passed, failed, code }).toEqual({ passed: [], failed: [name], code: 1 });
  } finally {
    await bare.stop();
  }
}, 300_000);

/** Creates a pod in a namespace at the baseline, without keeping it. */
function create(spec: JsonObject, metadata: JsonObject = {}): Promise<KubeReply> {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'probe', namespace, ...metadata },
    spec: { ...spec, containers: [{ name: 'a', image: 'b' }] },
  };
  return plane.admin.create(pod, { dryRun: true });
}

interface HarnessRun {
  readonly passed: readonly string[];
  readonly failed: readonly string[];
  readonly skipped: readonly string[];
  readonly code: number | null;
  readonly output: string;
}

async function runHarness(server: ControlPlane, only = '^TestHarness$'): Promise<HarnessRun> {
  const env = { ...process.env, CONFORMANCE_KUBECONFIG: server.kubeconfig() };
  const args = ['-test.v', '-test.timeout=30m', `-test.run=${only}`];
  const child = spawn(harness, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const end = (): void => void child.kill();
  process.once('exit', end);
  const [output] = await Promise.all([text(child.stdout), once(child, 'close')]);
  process.off('exit', end);
  const results = [...output.matchAll(/^ +--- (PASS|FAIL|SKIP): TestHarness\/(\S+)/gm)];
  const named = (word: string): string[] => results.flatMap(([, result, name = '']) => (result === word ? [name] : []));
  return { passed: named('PASS'), failed: named('FAIL'), skipped: named('SKIP'), code: child.exitCode, output };
}

/**
 * How many there have to be: for each level, at each version that changes a rule, one for the pod that is as plain as can
 * be, and for each check there is by then one for what passes it and one for what fails it.
 */
function expectedSubtests(): number {
  const minors = new Set(POD_SECURITY_CHECKS.flatMap((check) => check.versions.map(minorOf)).concat(NEWEST_MINOR));
  let subtests = 0;
  for (const level of ['baseline', 'restricted']) {
    const checks = POD_SECURITY_CHECKS.filter((check) => level === 'restricted' || check.level === 'baseline');
    for (const minor of minors) {
      const known = checks.filter(({ versions: [first] }) => first && minorOf(first) <= minor);
      subtests += 1 + 2 * known.length;
    }
  }
  return subtests;
}

function minorOf({ since }: { readonly since: string }): number {
  return Number(since.slice('1.'.length));
}

function labelsOf(series: string): readonly string[] {
  return [...series.matchAll(/(\w+)="/g)].map(([, label = '']) => label).toSorted();
}
