// RuntimeClass gvisor on a node with gVisor's runsc: pods of the bundles that choose it run in the sandbox, filled in.
import { beforeEach, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/model/json.ts';
import { BUSYBOX, TOOLS } from '../bench/images.ts';
import { createPod, kubectlOk, newNamespace, skipOnForeignNode, startPod, useNode } from '../support/cluster.ts';
import { ASKING } from '../support/docker.ts';
import { tierLabels } from '../support/policies.ts';

useNode();
beforeEach(skipOnForeignNode);

/** A kernel says of itself what it is; gVisor's log says its name. */
const LOOK = `dmesg | grep -c gVisor; echo "$(id -u):$(id -g)"; grep -E '^(CapBnd|NoNewPrivs):' /proc/self/status; touch /tmp/x && echo /tmp; grep ' / ' /proc/mounts; touch /data/x && ls -n /data`;
const MOUNTED = { volumeMounts: [{ name: 'data', mountPath: '/data' }] };

function podOf(container: JsonObject = {}): JsonObject {
  const app = { name: 'app', image: BUSYBOX, command: ['sleep', '3600'], ...MOUNTED, ...container };
  return { containers: [app], volumes: [{ name: 'data', emptyDir: {} }] };
}

test('a pod under the policy gvisor runs in the sandbox, with a root file system that it cannot write to', async () => {
  const namespace = await newNamespace(tierLabels('gvisor'));
  const pod = await startPod({ namespace, spec: podOf({ securityContext: { runAsUser: 1000 } }) });
  const { output } = await pod.exec(['sh', '-c', LOOK]);
  expect(output).toMatch(/^[1-9]\d*\n1000:1000\n[\s\S]*CapBnd:\t0+\n/);
  // gVisor mounts a tmpfs where /tmp of the image is empty, also on a root that is read-only.
  expect(output).toMatch(/\n\/tmp\n.* \/ \w+ ro,/);
  expect(output).toMatch(/ 1000 +\d+ .* x\n/);
});

test('a pod under the policy agent-sandbox-strict runs in the sandbox, on a node that says it has gVisor', async () => {
  const namespace = await newNamespace(tierLabels('agent-sandbox-strict'));
  const pod = await startPod({ namespace, spec: podOf() });
  const { output } = await pod.exec(['sh', '-c', LOOK]);
  expect(output).toMatch(/^[1-9]\d*\n1000:1000\n[\s\S]*CapBnd:\t0+\n/);
});

test('init containers, sidecars, an exec and logs work in the sandbox', async () => {
  const namespace = await newNamespace(tierLabels('agent-sandbox-strict'));
  const first = { name: 'first', image: BUSYBOX, command: ['sh', '-c', 'id -u; echo 1 > /data/first'], ...MOUNTED };
  const sidecar = { name: 'sidecar', image: BUSYBOX, command: ['sleep', '3600'], restartPolicy: 'Always' };
  const pod = await startPod({ namespace, spec: { ...podOf(), initContainers: [first, sidecar] } });
  expect(await pod.logs('first')).toBe('1000\n');
  expect(await pod.shell('cat /data/first')).toBe('1\n');
  expect(await pod.shell('id -u', 'sidecar')).toBe('1000\n');
});

test('a jail of namespaces can be made in the sandbox by an ordinary user', async () => {
  const namespace = await newNamespace(tierLabels('agent-sandbox-strict'));
  const pod = await startPod({ namespace, spec: podOf({ image: TOOLS }) });
  expect(await pod.shell('unshare --user --map-root-user --net id -u')).toBe('0\n');
});

test('a Docker daemon is refused to a pod in the sandbox, before anything starts', async () => {
  const namespace = await newNamespace(tierLabels('chosen'));
  const spec = { ...podOf(), runtimeClassName: 'gvisor' };
  await expect(createPod({ namespace, annotations: ASKING, spec })).rejects.toThrow(
    'a Docker daemon does not run in a gVisor sandbox',
  );
  expect(await kubectlOk(['get', 'pods', '-n', namespace, '-o', 'name'])).toBe('');
});
