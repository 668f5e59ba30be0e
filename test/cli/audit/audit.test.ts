// An audit of what kubectl printed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { isJsonObject, ownField } from '../../../src/model/json.ts';
import { folderWith, LABEL_POLICY, type Printed, sandgate } from '../console.ts';
import { controller, HOST_NETWORK, listOf, mapOf, ORDINARY, ownedBy, PRIVILEGED, runningPod } from './objects.ts';

const WEB = controller('Deployment', { name: 'web' });
const REPLICAS = controller('ReplicaSet', { name: 'web-1', owner: ownedBy(WEB) });
const BAD = controller('Deployment', { name: 'bad' }, PRIVILEGED);
const OF_WEB = ownedBy(REPLICAS);

function audited(list: string, args = '', file = 'list.json'): Promise<Printed> {
  return sandgate(folderWith({ [file]: list }), `audit -p baseline -f ${file} ${args}`.trim());
}

interface Row {
  readonly object: string;
  readonly verdict: unknown;
  readonly owner?: unknown;
  readonly pods?: unknown;
}

/** The results of `-o json`, in short. */
async function rows(objects: readonly object[], args = ''): Promise<readonly Row[]> {
  const { stdout } = await audited(listOf(...objects), `-o json ${args}`.trim());
  const results = ownField(JSON.parse(stdout), 'results');
  if (!Array.isArray(results)) throw new Error(stdout);
  return results.filter(isJsonObject).map(({ object, verdict, owner, pods }) => ({
    object: `${String(ownField(object, 'kind'))} ${String(ownField(object, 'name'))}`,
    verdict,
    ...(isJsonObject(owner) && { owner: `${String(owner.kind)} ${String(owner.name)}` }),
    ...(isJsonObject(pods) && { pods: `${String(pods.running)}/${String(pods.denied)}` }),
  }));
}

describe('controllers stand for their pods', () => {
  test('a Deployment whose pods are in order is one result, with the number of its pods', async () => {
    const pods = ['a', 'b'].map((name) => runningPod({ name, owner: OF_WEB }));
    expect(await rows([...pods, REPLICAS, WEB])).toEqual([
      { object: 'Deployment web', verdict: 'allowed', pods: '2/0' },
    ]);
  });

  test('a Deployment that is refused says so once for all of its pods', async () => {
    const pods = ['a', 'b'].map((name) => runningPod({ name, owner: ownedBy(BAD) }, PRIVILEGED));
    expect(await rows([BAD, ...pods])).toEqual([{ object: 'Deployment bad', verdict: 'denied', pods: '2/2' }]);
  });

  test('pods that run otherwise than their Deployment would make them have one result together', async () => {
    const pods = ['a', 'b'].map((name) => runningPod({ name, owner: OF_WEB }, HOST_NETWORK));
    expect(await rows([WEB, REPLICAS, runningPod({ name: 'c', owner: OF_WEB }), ...pods])).toEqual([
      { object: 'Deployment web', verdict: 'allowed', pods: '1/0' },
      { object: 'Pod a', verdict: 'denied', owner: 'Deployment web', pods: '2/2' },
    ]);
  });

  test('a pod in order under a Deployment that is refused is not counted as a violation', async () => {
    expect(await rows([BAD, runningPod({ name: 'old', owner: ownedBy(BAD) })])).toEqual([
      { object: 'Deployment bad', verdict: 'denied', pods: '1/0' },
    ]);
  });

  test('pods alone are gathered by the controller that they name', async () => {
    const pods = ['a', 'b', 'c'].map((name) => runningPod({ name, owner: OF_WEB }, HOST_NETWORK));
    expect(await rows(pods)).toEqual([{ object: 'Pod a', verdict: 'denied', owner: 'ReplicaSet web-1', pods: '3/3' }]);
  });

  test('with --each-pod every pod and every controller has its own result', async () => {
    const pods = ['a', 'b'].map((name) => runningPod({ name, owner: OF_WEB }));
    const all = await rows([WEB, REPLICAS, ...pods], '--each-pod');
    expect(all.map(({ object }) => object)).toEqual(['Deployment web', 'ReplicaSet web-1', 'Pod a', 'Pod b']);
  });
});

describe('an owner reference hides nothing', () => {
  test('a pod that names a Deployment in order as its owner is reported for what it does itself', async () => {
    const forged = runningPod({ name: 'sly', owner: ownedBy(WEB) }, PRIVILEGED);
    expect(await rows([WEB, forged])).toContainEqual({
      object: 'Pod sly',
      verdict: 'denied',
      owner: 'Deployment web',
      pods: '1/1',
    });
  });

  test('a pod of an earlier controller of the same name does not go under the one of today', async () => {
    const pod = runningPod({ name: 'left-over', owner: ownedBy(BAD, 'another-uid') }, PRIVILEGED);
    expect(await rows([BAD, pod])).toContainEqual(expect.objectContaining({ object: 'Pod left-over', pods: '1/1' }));
  });

  test('a pod with another container than its controller has the same violation as its own', async () => {
    const other = { containers: [{ name: 'other', image: 'a', securityContext: { privileged: true } }] };
    const pod = runningPod({ name: 'other', owner: ownedBy(BAD) }, other);
    expect(await rows([BAD, pod])).toContainEqual(expect.objectContaining({ object: 'Pod other', verdict: 'denied' }));
  });

  test('a ReplicaSet that names a Deployment in order as its owner is reported for its own template', async () => {
    const forged = controller('ReplicaSet', { name: 'sly', owner: ownedBy(WEB) }, PRIVILEGED);
    expect(await rows([WEB, forged])).toContainEqual(
      expect.objectContaining({ object: 'ReplicaSet sly', verdict: 'denied' }),
    );
  });

  test('objects that name each other as owners are all reported', async () => {
    const owner = ownedBy(controller('Deployment', { name: 'two' }));
    const one = controller('Deployment', { name: 'one', owner }, PRIVILEGED);
    const two = controller('Deployment', { name: 'two', owner: ownedBy(one) }, PRIVILEGED);
    const itself = controller(
      'Deployment',
      { name: 'itself', owner: ownedBy(controller('Deployment', { name: 'itself' })) },
      PRIVILEGED,
    );
    const pod = runningPod({ name: 'pod', owner: ownedBy(one) }, PRIVILEGED);
    const denied = (await rows([one, two, itself, pod])).filter(({ verdict }) => verdict === 'denied');
    expect(denied.map(({ object }) => object)).toEqual([
      'Deployment one',
      'Deployment two',
      'Deployment itself',
      'Pod pod',
    ]);
  });

  test('a ReplicaSet of an old revision, which makes no pods, is not reported', async () => {
    const old = controller('ReplicaSet', { name: 'web-0', owner: ownedBy(WEB) }, PRIVILEGED, 0);
    expect(await rows([WEB, old])).toEqual([{ object: 'Deployment web', verdict: 'allowed', pods: '0/0' }]);
  });
});

test('text has what is wrong by namespace, and what it comes to by policy and check', async () => {
  const pods = ['a', 'b'].map((name) => runningPod({ name, owner: OF_WEB }, HOST_NETWORK));
  const { stdout, code } = await audited(listOf(WEB, REPLICAS, BAD, ...pods));
  expect(code).toBe(1);
  expect(stdout).toContain('Namespace agents: 2 denied, 1 allowed, 0 skipped\n');
  expect(stdout).toContain(
    'Pod agents/a of Deployment web and 1 more of its pods  denied (it would be refused today)\n',
  );
  expect(stdout).toContain('Deployment agents/bad  denied (its next pods would be refused)\n');
  expect(stdout.slice(stdout.indexOf('action '))).toBe(
    `action  check           policy    objects  pods  namespaces
deny    privileged      baseline  1        0     1
deny    hostNamespaces  baseline  1        2     1

2 denied, 1 allowed, 0 skipped
2 pods run, 2 in violation
`,
  );
});

test('what -o json has by namespace, owner, policy and check adds up', async () => {
  const pod = runningPod({ name: 'a', owner: ownedBy(BAD) }, PRIVILEGED);
  const other = runningPod({ name: 'b', namespace: 'team' }, HOST_NETWORK);
  const { stdout } = await audited(listOf(BAD, pod, other), '-o json');
  const group = { policy: 'baseline', action: 'Deny', objects: 1, pods: 1 };
  expect(JSON.parse(stdout)).toMatchObject({
    summary: { denied: 2 },
    pods: { running: 2, denied: 2 },
    groups: [
      { ...group, namespace: 'agents', owner: { kind: 'Deployment', name: 'bad' }, check: 'privileged' },
      { ...group, namespace: 'team', owner: { kind: 'Pod', name: 'b' }, check: 'hostNamespaces' },
    ],
    unread: [],
  });
});

test.each(['junit', 'sarif', 'github', 'openreports'])('-o %s has the results of an audit', async (format) => {
  const folder = folderWith({ 'list.json': listOf(BAD) });
  const { code } = await sandgate(folder, `audit -p baseline -f list.json -o text -o ${format}=out`);
  expect(code).toBe(1);
  expect(readFileSync(join(folder, 'out'), 'utf8')).toContain('privileged');
});

test('reports and suites are named after the command', async () => {
  expect((await audited(listOf(BAD), '-o openreports')).stdout).toContain('name: sandgate-audit');
  expect((await audited(listOf(BAD), '-o junit')).stdout).toContain('name="sandgate audit"');
});

test('the labels of a namespace count wherever in the list it stands', async () => {
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'agents', labels: { tier: 'agents' } } };
  const folder = folderWith({ 'policy.yaml': LABEL_POLICY, 'list.json': listOf(BAD, namespace) });
  expect(await sandgate(folder, 'audit -p policy.yaml -f list.json')).toMatchObject({ code: 1, stderr: '' });
});

test('only the namespaces of -n are judged', async () => {
  const other = runningPod({ name: 'b', namespace: 'team' }, HOST_NETWORK);
  const { stdout, code } = await audited(listOf(BAD, other), '-n team other');
  expect(code).toBe(1);
  expect(stdout).toContain('1 denied, 0 allowed');
  expect(stdout).not.toContain('agents/bad');
});

test.each([
  ['a name', '--exclude-namespace agents', ['team/b', 'agents-2/c']],
  ['a pattern', '--exclude-namespace agents*', ['team/b']],
  ['several', '--exclude-namespace=team --exclude-namespace=agents-*', ['agents/bad']],
  ['an exclusion beside a choice', '-n team agents --exclude-namespace agents', ['team/b']],
])('a namespace that is excluded is not judged: %s', async (_, args, left) => {
  const others = [
    runningPod({ name: 'b', namespace: 'team' }, HOST_NETWORK),
    runningPod({ name: 'c', namespace: 'agents-2' }, HOST_NETWORK),
  ];
  const { stdout, code } = await audited(listOf(BAD, ...others), args);
  expect(code).toBe(1);
  const titles = [...stdout.matchAll(/^(?:Pod|Deployment) (\S+) /gm)].map(([, name = '']) => name);
  expect(titles.toSorted()).toEqual(left.toSorted());
});

test('what is denied does not make the exit code 1 with --exit-zero, and what cannot be read still makes it 2', async () => {
  const denied = await audited(listOf(BAD), '--exit-zero');
  expect(denied).toMatchObject({ code: 0, stdout: expect.stringContaining('1 denied') as unknown });
  expect(await audited(listOf(BAD), '--exit-zero -f absent.json')).toMatchObject({ code: 2 });
});

describe('nothing that was not judged looks as if it were in order', () => {
  const WORKFLOW = {
    apiVersion: 'example.com/v1',
    kind: 'Pipeline',
    metadata: { name: 'p' },
    spec: { steps: [{ image: 'a', securityContext: { privileged: true } }] },
  };

  test('an object of an unknown kind that holds containers is named, and an error under --strict', async () => {
    const list = listOf(WEB, WORKFLOW);
    const lenient = await audited(list);
    expect(lenient).toMatchObject({ code: 0 });
    expect(lenient.stderr).toContain(
      'Pipeline of example.com/v1 holds containers (spec.steps[0]) that were not judged',
    );
    expect(await audited(list, '--strict')).toMatchObject({ code: 2 });
  });

  test('what is said of many objects is said once, with their number', async () => {
    const more = ['a', 'b', 'c'].map((name) => ({ ...WORKFLOW, metadata: { name } }));
    const { stderr } = await audited(listOf(WEB, ...more));
    expect(stderr.split('\n').filter((line) => line.includes('Pipeline'))).toHaveLength(1);
    expect(stderr).toContain('(and the same of 2 more)');
  });

  test('a list without any workload is not in order', async () => {
    expect(
      await audited(listOf({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' } }), '--strict'),
    ).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('nothing was judged') as unknown,
    });
    expect(await audited(listOf())).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no Kubernetes objects') as unknown,
    });
  });

  test('a file that cannot be read gives exit code 2 beside the verdicts of the others', async () => {
    const folder = folderWith({ 'list.json': listOf(WEB), 'broken.yaml': 'a: [' });
    const { code, stderr, stdout } = await sandgate(folder, 'audit -p baseline -f list.json broken.yaml absent.json');
    expect(code).toBe(2);
    expect(stderr).toMatch(/broken\.yaml:.*\n.*|absent\.json: no such file/);
    expect(stdout).toContain('1 allowed');
  });
});

describe('large files', () => {
  const PADDING = { annotations: { padding: 'x'.repeat(6000) } };
  const objects = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'agents', labels: { tier: 'agents' } } },
    WEB,
    REPLICAS,
    ...Array.from({ length: 200 }, (_, index) => {
      const pod = runningPod({ name: `pod-${index}`, owner: OF_WEB }, index % 10 === 0 ? HOST_NETWORK : ORDINARY);
      return { ...pod, metadata: { ...mapOf(pod.metadata), ...PADDING } };
    }),
    BAD,
  ];
  const JSON_LIST = listOf(...objects);

  test.each([
    ['JSON', JSON_LIST, 'list.json'],
    ['YAML', stringify(JSON.parse(JSON_LIST), { indentSeq: false, aliasDuplicateObjects: false }), 'list.yaml'],
  ])('%s of more than a megabyte is judged as a small file is', async (_, text, file) => {
    expect(text.length).toBeGreaterThan(1024 * 1024);
    const { code, stdout, stderr } = await audited(text, '', file);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toContain('Pod agents/pod-0 of Deployment web and 19 more of its pods  denied');
    expect(stdout).toContain('200 pods run, 20 in violation');
  });

  test('standard input can be large as well', async () => {
    const { stdout } = await sandgate(folderWith({}), 'audit -p baseline -f -', { stdin: JSON_LIST });
    expect(stdout).toContain('200 pods run, 20 in violation');
  });

  test('a list that ends in the middle is judged as far as it goes, and the exit code says that this is not all', async () => {
    const { code, stdout, stderr } = await audited(JSON_LIST.slice(0, -3000));
    expect(code).toBe(2);
    expect(stderr).toContain('ends in the middle of an object');
    expect(stdout).toContain('pods run, 20 in violation');
  });

  test('an item that is not a Kubernetes object is named with its line', async () => {
    const broken = JSON_LIST.replace('"kind": "Deployment"', '"kynd": "Deployment"');
    const { code, stderr } = await audited(broken);
    expect(code).toBe(2);
    expect(stderr).toMatch(/list\.json:\d+:1: not a Kubernetes object \(expected a kind/);
  });
});

describe('what is missing on the command line', () => {
  test.each([
    ['nothing to audit', 'audit -p baseline', 'expected --kubeconfig or --in-cluster, or -f'],
    ['no policies for files', 'audit -f list.json', 'no policies given'],
    ['files beside a cluster', 'audit --kubeconfig c -f list.json', "cannot be used with option '-f, --filename"],
    ['reports without a cluster', 'audit -p baseline -f list.json --publish', '--publish stores reports in a cluster'],
    ['an owner of no reports', 'audit -p baseline -f list.json --reports-owner r', 'expected --publish beside it'],
    [
      'policies of a cluster beside files',
      'audit -p baseline -f list.json --cluster-policies',
      'cannot be used with option',
    ],
    ['stand-ins beside a cluster', 'audit --kubeconfig c --namespace-labels a=b', 'and there is a cluster'],
  ])('is refused: %s', async (_, line, message) => {
    const { code, stderr } = await sandgate(folderWith({ 'list.json': listOf(WEB) }), line);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});
