// A kubelet with `seccompDefault`, which gives RuntimeDefault to whoever names no profile (KEP-2413): what works only without a profile
// has to say so, and our classes do.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { waitFor } from '../../cluster/control-plane/wait-for.ts';
import { BUSYBOX } from '../bench/images.ts';
import { hasOwnNode } from '../own/image.ts';
import { newNamespace, type RunningPod, skipOnForeignNode, startPod, useNode } from '../support/cluster.ts';
import { startBuild } from '../support/docker.ts';
import { expectJail, SECCOMP, startJail } from '../support/jail.ts';
import { onNode } from '../support/on-node.ts';

const CONFIGURATION = '/etc/node/kubelet.yaml';
const RESTARTED_WITHIN_MS = 120_000;

useNode();

beforeAll(async () => {
  if (hasOwnNode()) await setSeccompDefault(true);
});

afterAll(async () => {
  if (hasOwnNode()) await setSeccompDefault(false);
});

/** Starts the kubelet again, and the device plugin, which would not notice; containers go on running. */
async function setSeccompDefault(on: boolean): Promise<void> {
  const before = await kubeletPid();
  // The kubelet carries what we are told: it ends after we have been.
  const end = '( sleep 2; kill $(pidof kubelet) $(pidof device-plugin) ) > /dev/null 2>&1 &';
  await onNode(`sed -i 's/"seccompDefault": [a-z]*/"seccompDefault": ${on}/' ${CONFIGURATION}; ${end}`);
  const isRestarted = async (): Promise<boolean> => {
    const now = await kubeletPid().catch(() => '');
    return now !== '' && now !== before;
  };
  await waitFor(isRestarted, { within: RESTARTED_WITHIN_MS, what: 'the kubelet answers again' });
}

async function kubeletPid(): Promise<string> {
  return (await onNode('pidof kubelet || true')).trim();
}

/** In a namespace that no policy is for. */
async function startPlain(): Promise<RunningPod> {
  const containers = [{ name: 'app', image: BUSYBOX, command: ['sleep', '3600'] }];
  return await startPod({ namespace: await newNamespace(), spec: { containers } });
}

test('a pod that names no profile, and that no policy completes, gets one from the kubelet', async (context) => {
  skipOnForeignNode(context);
  expect(await (await startPlain()).shell(SECCOMP)).toMatch(/\t2\n/);
});

test('class nsjail names the profile of its container, so that a jail can be made all the same', async (context) => {
  skipOnForeignNode(context);
  const pod = await startJail({});
  expect(await pod.shell(SECCOMP)).toMatch(/\t0\n/);
  await expectJail(pod);
});

test('class docker does so, too: its rootless daemon starts and answers', async (context) => {
  skipOnForeignNode(context);
  const pod = await startBuild({ tier: 'chosen' });
  expect(await pod.shell("docker version --format '{{.Server.Os}}'")).toBe('linux\n');
});
