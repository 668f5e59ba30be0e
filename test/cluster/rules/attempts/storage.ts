// volumes: claims, file servers and drivers.
import type { JsonObject } from '../../../../src/model/json.ts';
import { all, type Change, put } from '../../support/change.ts';
import { aroundPod, inPod, NO_POD, type Section } from '../attempt.ts';
import { withMount } from './mounting.ts';

function claim(claimName: unknown, more = {}): Change {
  return withMount({ persistentVolumeClaim: { claimName, ...more } }, { readOnly: true });
}

/** Kinds that make claims for their pods. */
const CLAIMING = ['Sandbox', 'merge patch'] as const;

function claimTemplate(name: string, more: JsonObject): Change {
  const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...more };
  return put([{ metadata: { name }, spec }], 'spec', 'volumeClaimTemplates');
}

export const STORAGE: Section = {
  title: 'volumes: claims, file servers and drivers',
  rules: ['volumes'],
  about:
    'Pods may use claims that are called `session-*`, one export of one NFS server, and one CSI driver, all of them read-only.',
  spec: {
    volumes: {
      claims: [{ name: 'session-*', readOnly: true }],
      nfs: [{ server: 'nas.internal', path: '/exports/agents', below: true, readOnly: true }],
      csiDrivers: [{ driver: 'secrets-store.csi.k8s.io', readOnly: true }],
      blockedPaths: { patterns: ['.ssh', '*.pem'] },
    },
  },
  base: claim('session-1'),
  attempts: [
    inPod('the claim of somebody else', 'volumeClaims', claim('others')),
    inPod('a claim whose name ends like the one', 'volumeClaims', claim('x-session-1')),
    inPod('a claim in capitals', 'volumeClaims', claim('SESSION-1')),
    inPod('a claim without a name', 'volumeClaims', claim(''), NO_POD),
    inPod('to write to', 'volumeClaims', withMount({ persistentVolumeClaim: { claimName: 'session-1' } }, {})),
    inPod(
      'a claim that is made for the pod',
      'volumeClaims',
      withMount(
        {
          ephemeral: {
            volumeClaimTemplate: {
              spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
            },
          },
        },
        { readOnly: true },
      ),
    ),
    inPod(
      'another export',
      'nfsVolumes',
      withMount({ nfs: { server: 'nas.internal', path: '/exports/others', readOnly: true } }, { readOnly: true }),
    ),
    inPod(
      'another export by dots',
      'nfsVolumes',
      withMount(
        { nfs: { server: 'nas.internal', path: '/exports/agents/../others', readOnly: true } },
        { readOnly: true },
      ),
    ),
    inPod(
      'another server',
      'nfsVolumes',
      withMount(
        { nfs: { server: 'nas.internal.evil.example', path: '/exports/agents', readOnly: true } },
        { readOnly: true },
      ),
    ),
    inPod(
      'an export to write to',
      'nfsVolumes',
      withMount({ nfs: { server: 'nas.internal', path: '/exports/agents' } }, {}),
    ),
    inPod(
      'another driver',
      'csiDrivers',
      withMount({ csi: { driver: 'host.csi.example', readOnly: true } }, { readOnly: true }),
    ),
    inPod(
      'the driver in capitals',
      'csiDrivers',
      withMount({ csi: { driver: 'Secrets-Store.csi.k8s.io', readOnly: true } }, { readOnly: true }),
    ),
    inPod(
      'somebody’s keys, as a part of the claim',
      'blockedPaths',
      put('home/.ssh', 'spec', 'containers', 'side', 'volumeMounts', 'mine', 'subPath'),
    ),
    inPod(
      'the same in capitals',
      'blockedPaths',
      put('home/.SSH', 'spec', 'containers', 'side', 'volumeMounts', 'mine', 'subPath'),
    ),
    inPod(
      'the same by a variable',
      'blockedPaths',
      all(
        put([{ name: 'PART', value: '.ssh' }], 'spec', 'containers', 'side', 'env'),
        put('home/$(PART)', 'spec', 'containers', 'side', 'volumeMounts', 'mine', 'subPathExpr'),
      ),
    ),
    inPod(
      'a part by a variable that only the node knows',
      'blockedPaths',
      all(
        put(
          [{ name: 'PART', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
          'spec',
          'containers',
          'side',
          'env',
        ),
        put('$(PART)', 'spec', 'containers', 'side', 'volumeMounts', 'mine', 'subPathExpr'),
      ),
    ),
    aroundPod('a claim that is made for the Sandbox', 'volumeClaims', CLAIMING, claimTemplate('others', {})),
    aroundPod(
      'a copy of another claim',
      'volumeClaims',
      CLAIMING,
      claimTemplate('session', { dataSource: { kind: 'PersistentVolumeClaim', name: 'others' } }),
    ),
    aroundPod(
      'a volume that exists',
      'volumeClaims',
      CLAIMING,
      claimTemplate('session', { volumeName: 'pv-of-others' }),
    ),
  ],
};
