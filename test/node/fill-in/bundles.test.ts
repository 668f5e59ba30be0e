// Each shipped policy on a node: a pod of the kind that it is for runs, and runs as the policy wants it, seen from inside.
import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/model/json.ts';
import { BUSYBOX } from '../bench/images.ts';
import { apply, createPod, kubectlOk, newNamespace, startPod, useNode } from '../support/cluster.ts';
import { type Tier, tierLabels } from '../support/policies.ts';

useNode();

const SLEEP = { name: 'app', image: BUSYBOX, command: ['sleep', '3600'] };
/** One line for everything that a process is: who, with which groups, what it may do, and how much it may take. */
const LOOK = `echo "$(id -u):$(id -g) groups $(id -G)"; grep -E '^(CapBnd|NoNewPrivs|Seccomp):' /proc/self/status
cd /sys/fs/cgroup; echo "memory $(cat memory.max) cpu $(cat cpu.max)"; touch /data/x && stat -c '%u:%g %a' /data /data/x`;

/** What a process shows of the Restricted level. */
const CONFINED = 'CapBnd:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2\n';

interface Case {
  readonly bundle: Tier;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** What the pod says itself, beside one container that sleeps and has an emptyDir volume. */
  readonly spec?: JsonObject;
  readonly container?: JsonObject;
  readonly shows: string;
}

const SPELT_OUT = {
  runAsUser: 1234,
  runAsNonRoot: true,
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
};

const CASES: readonly Case[] = [
  {
    // Nothing is filled in: what the kubelet and containerd give by themselves. Without fsGroup the volume is everybody's.
    bundle: 'baseline',
    shows:
      '0:0 groups 0\nCapBnd:\t00000000a80425fb\nNoNewPrivs:\t0\nSeccomp:\t0\nmemory max cpu max 100000\n0:0 777\n0:0 644\n',
  },
  {
    bundle: 'restricted',
    container: { securityContext: SPELT_OUT },
    shows: `1234:0 groups 0\n${CONFINED}memory max cpu max 100000\n0:0 777\n1234:0 644\n`,
  },
  {
    // Its own group is that of the image's user 1000.
    bundle: 'coder',
    labels: { 'com.coder.workspace.id': 'w', 'com.coder.user.id': 'u' },
    shows: `1000:1000 groups 1000\n${CONFINED}memory 4294967296 cpu 200000 100000\n0:1000 2777\n1000:1000 644\n`,
  },
  {
    bundle: 'k8s-runner',
    spec: { restartPolicy: 'Never' },
    shows: `1000:1000 groups 1000\n${CONFINED}memory 4294967296 cpu 200000 100000\n0:1000 2777\n1000:1000 644\n`,
  },
  {
    // Of an image that it does not know it wants the user said.
    bundle: 'kagent',
    container: { securityContext: { runAsUser: 65532, runAsGroup: 65532 } },
    shows: `65532:65532 groups 65532 1000\n${CONFINED}memory 1073741824 cpu 200000 100000\n0:1000 2777\n65532:1000 644\n`,
  },
  {
    bundle: 'notebooks',
    shows: `1000:100 groups 100\n${CONFINED}memory 4294967296 cpu 200000 100000\n0:100 2777\n1000:100 644\n`,
  },
  {
    // As GitLab's executor writes its jobs: `drop` becomes ALL.
    bundle: 'runners',
    spec: { restartPolicy: 'Never' },
    container: { securityContext: { capabilities: { drop: ['NET_RAW'] } } },
    shows: `1001:1001 groups 1001\n${CONFINED}memory 4294967296 cpu max 100000\n0:1001 2777\n1001:1001 644\n`,
  },
];

function podOf({ spec = {}, container = {} }: Pick<Case, 'spec' | 'container'>): JsonObject {
  const app = { ...SLEEP, volumeMounts: [{ name: 'data', mountPath: '/data' }], ...container };
  return { ...spec, containers: [app], volumes: [{ name: 'data', emptyDir: {} }] };
}

test.each(CASES)('under the policy $bundle a pod runs as the policy says', async (row) => {
  const { bundle, labels = {}, annotations = {} } = row;
  const namespace = await newNamespace(tierLabels(bundle));
  const pod = await startPod({ namespace, labels, annotations, spec: podOf(row) });
  expect(await pod.shell(LOOK)).toBe(row.shows);
});

test('under the policy nanoclaw a session has its home, the proxy with its certificate, and the name of its host', async () => {
  const namespace = await newNamespace(tierLabels('nanoclaw'));
  const authority = { name: 'credential-proxy-ca', namespace };
  await apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: authority, data: { 'ca.pem': 'a certificate' } });
  const spec = podOf({ spec: { restartPolicy: 'Never' } });
  const pod = await startPod({ namespace, labels: { 'nanoclaw-install': 'here' }, spec });
  expect(await pod.shell(LOOK)).toBe(
    `1000:1000 groups 1000\n${CONFINED}memory 4294967296 cpu 200000 100000\n0:1000 2777\n1000:1000 644\n`,
  );
  expect(
    await pod.shell('echo $HOME; echo $HTTPS_PROXY $https_proxy; cat $SSL_CERT_FILE; grep docker /etc/hosts'),
  ).toBe(
    `/home/node\n${'http://credential-proxy.nanoclaw.svc:10255 '.repeat(2).trim()}\na certificate10.96.0.50\thost.docker.internal\n`,
  );
});

test('under the policy kata a pod gets the RuntimeClass with its overhead, and waits for a node with KVM', async () => {
  const namespace = await newNamespace(tierLabels('kata'));
  const name = await createPod({ namespace, spec: podOf({ container: { securityContext: { runAsUser: 1000 } } }) });
  const runtime = '{.spec.runtimeClassName} {.spec.overhead.memory} {.status.phase}';
  expect(await kubectlOk(['get', 'pod', name, '-n', namespace, '-o', `jsonpath=${runtime}`])).toBe(
    'kata-qemu 160Mi Pending',
  );
  await kubectlOk(['delete', 'pod', name, '-n', namespace, '--now', '--wait=false']);
});
