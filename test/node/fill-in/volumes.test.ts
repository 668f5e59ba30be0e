// Persistent volumes under the shipped policy for agents: what fsGroup, which is filled in, does to their files. No provisioner and no
// binder runs in the bench: volumes and claims are bound as those would leave them.
import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/model/json.ts';
import { at } from '../../cluster/control-plane/at.ts';
import { AGENTS_TIER } from '../../cluster/support/gated-cluster.ts';
import { BUSYBOX } from '../bench/images.ts';
import {
  apply,
  kubectlOk,
  newNamespace,
  type RunningPod,
  read,
  skipOnForeignNode,
  startPod,
  useNode,
} from '../support/cluster.ts';
import { onNode } from '../support/on-node.ts';

useNode();

const SIZE = '1Mi';
/** Who owns the folder, what its mode is, and whether user 1000 can write to it. */
const LOOK = 'stat -c "%u:%g %a" /data; touch /data/mine && stat -c "%u:%g" /data/mine';

async function setStatus(which: readonly string[], status: JsonObject): Promise<void> {
  await kubectlOk(['patch', ...which, '--subresource=status', '--type=merge', '-p', JSON.stringify({ status })]);
}

/** A pod of the policy `agents` with a claim that is bound to a volume of this source. */
async function startWithClaim(source: JsonObject): Promise<RunningPod> {
  const namespace = await newNamespace(AGENTS_TIER);
  const name = `volume-${randomUUID().slice(0, 8)}`;
  const claim = { namespace, name };
  const common = { accessModes: ['ReadWriteOnce'], storageClassName: '' };
  const nodeAffinity = {
    required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'Exists' }] }] },
  };
  const bound = { 'pv.kubernetes.io/bind-completed': 'yes' };
  await apply({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { ...claim, annotations: bound },
    spec: { ...common, volumeName: name, resources: { requests: { storage: SIZE } } },
  });
  const uid = at(await read('pvc', namespace, name), 'metadata', 'uid');
  const claimRef = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', ...claim, uid };
  await apply({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name },
    spec: { ...common, ...source, capacity: { storage: SIZE }, claimRef, nodeAffinity },
  });
  await setStatus(['pv', name], { phase: 'Bound' });
  // Without a capacity the kubelet takes the volume for one that grows, and panics.
  await setStatus(['pvc', name, '-n', namespace], { phase: 'Bound', capacity: { storage: SIZE } });
  return await startPod({
    namespace,
    spec: {
      containers: [
        {
          name: 'app',
          image: BUSYBOX,
          command: ['sleep', '3600'],
          volumeMounts: [{ name: 'data', mountPath: '/data' }],
        },
      ],
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName: name } }],
    },
  });
}

test('a claim on a local volume gets the group of the pod, which can write there', async (context) => {
  skipOnForeignNode(context);
  const path = `/var/lib/volumes/${randomUUID()}`;
  await onNode(`mkdir -p ${path} && chmod 755 ${path}`);
  const pod = await startWithClaim({ local: { path } });
  expect(await pod.shell(LOOK)).toBe('0:1000 2775\n1000:1000\n');
});

// Kubernetes sets no owner on hostPath volumes, whatever fsGroup says: the README of `agents` says so.
test('a claim on a hostPath volume stays as it is: who made the folder decides who may write there', async (context) => {
  skipOnForeignNode(context);
  const path = `/var/lib/volumes/${randomUUID()}`;
  const pod = await startWithClaim({ hostPath: { path, type: 'DirectoryOrCreate' } });
  const { code, output } = await pod.exec(['sh', '-c', LOOK]);
  expect([code, output]).toEqual([1, expect.stringMatching(/^0:0 755\n[\s\S]*Permission denied/)]);
  await onNode(`chown 1000:1000 ${path}`);
  expect(await pod.shell(LOOK)).toBe('1000:1000 755\n1000:1000\n');
});
