// Class docker on a node, used as CI jobs and agents use it: folders of the workspace, limits, and pods that a controller makes.
import { describe, expect, test } from 'vitest';
import { waitFor } from '../../cluster/control-plane/wait-for.ts';
import { apply, kubectl, kubectlOk, newNamespace, skipOnForeignNode, useNode } from '../support/cluster.ts';
import { APP, ASKING, importImage, startBuild } from '../support/docker.ts';
import { onNode } from '../support/on-node.ts';
import { type Tier, tierLabels } from '../support/policies.ts';

useNode();

const WORKSPACE = {
  volumes: [
    { name: 'workspace', emptyDir: {} },
    { name: 'settings', emptyDir: {} },
  ],
  volumeMounts: [
    { name: 'workspace', mountPath: '/workspace' },
    { name: 'settings', mountPath: '/settings', readOnly: true },
  ],
};

interface Form {
  readonly form: string;
  readonly tier: Tier;
  /** Whose files are that a container of the daemon wrote as root. */
  readonly owner: string;
  /** What becomes of a program that takes more memory than its container was given. */
  readonly overLimit: string;
}

const FORMS: readonly Form[] = [
  { form: 'rootless', tier: 'chosen', owner: '1000:1000', overLimit: 'written\n' },
  { form: 'privileged', tier: 'privileged', owner: '0:1000', overLimit: 'exit code 137\n' },
];

describe.each(FORMS)('the daemon of the implementation $form, in use', ({ tier, owner, overLimit }) => {
  test('finds the folders of the workload where it mounts them itself, and writes to none that it may only read', async () => {
    const pod = await startBuild({ tier, ...WORKSPACE });
    await importImage(pod);
    await pod.shell('mkdir /workspace/src && echo source > /workspace/src/file');
    const build = `docker run --rm -v /workspace/src:/src box /bin/sh -c 'cat /src/file; echo result > /src/result'`;
    expect(await pod.shell(build)).toBe('source\n');
    expect(await pod.shell(`cat /workspace/src/result; stat -c '%u:%g' /workspace/src/result`)).toBe(
      `result\n${owner}\n`,
    );
    const readOnly = await pod.exec([
      'docker',
      'run',
      '--rm',
      '-v',
      '/settings:/settings',
      'box',
      '/bin/touch',
      '/settings/x',
    ]);
    expect([readOnly.code, readOnly.output]).toEqual([1, expect.stringContaining('Read-only file system')]);
    // What is not a folder of the workload is one of the daemon, and not of the node.
    expect(await pod.shell('docker run --rm -v /etc/node:/mnt box /bin/ls -A /mnt')).toBe('');
    const memory = `docker run --rm -m 16m --memory-swap 16m --shm-size 64m box /bin/sh -c 'dd if=/dev/zero of=/dev/shm/x bs=1M count=32 2>/dev/null && echo written'`;
    expect(await pod.shell(`${memory} 2>/dev/null || echo "exit code $?"`)).toBe(overLimit);
  });
});

test('the daemon is in a cgroup with the memory that the class gives it, and so is all that it runs', async (context) => {
  skipOnForeignNode(context);
  await startBuild({ tier: 'chosen' });
  const limits = await onNode(
    'for pid in $(pidof dockerd); do cat /sys/fs/cgroup$(cut -d: -f3 /proc/$pid/cgroup)/memory.max; done | sort -u',
  );
  expect(limits).toBe(`${4 * 1024 ** 3}\n`);
});

test('a Deployment’s pods have a daemon each', async () => {
  const namespace = await newNamespace(tierLabels('chosen'));
  // The ReplicaSet's controller creates the pod: it is the service account that has to be allowed.
  const apiGroup = 'rbac.authorization.k8s.io';
  const metadata = { name: 'use-docker', namespace };
  const rules = [
    { apiGroups: ['sandgate.dev'], resources: ['capabilityclasses'], resourceNames: ['docker'], verbs: ['use'] },
  ];
  const subjects = [{ kind: 'ServiceAccount', name: 'default', namespace }];
  const roleRef = { apiGroup, kind: 'Role', name: 'use-docker' };
  await apply(
    { apiVersion: `${apiGroup}/v1`, kind: 'Role', metadata, rules },
    { apiVersion: `${apiGroup}/v1`, kind: 'RoleBinding', metadata, subjects, roleRef },
  );
  const template = { metadata: { labels: { app: 'ci' }, annotations: ASKING }, spec: { containers: [APP] } };
  const spec = { replicas: 1, selector: { matchLabels: { app: 'ci' } }, template };
  await apply({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'ci', namespace }, spec });
  const isAvailable = async (): Promise<boolean> =>
    (await kubectl(['rollout', 'status', 'deployment/ci', '-n', namespace, '--timeout=20s'])).code === 0;
  await waitFor(isAvailable, { within: 300_000, what: 'the Deployment is available' });
  const format = '{{.Driver}} {{json .SecurityOptions}}';
  const place = ['exec', 'deployment/ci', '-n', namespace, '-c', 'app', '--'];
  const info = await kubectlOk([...place, 'docker', 'info', '--format', format]);
  expect(info).toMatch(/^overlay2 .*name=rootless/);
  await kubectlOk(['delete', 'deployment', 'ci', '-n', namespace, '--wait=false']);
});
