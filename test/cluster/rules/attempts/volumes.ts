// volumes: what a pod has of its node, of file servers and of the namespace, and how it is mounted.
import type { JsonObject } from '../../../../src/model/json.ts';
import { all, type Change, NEXT, put } from '../../support/change.ts';
import { aroundPod, by, inContainer, inPod, letIn, NO_POD, onlyBy, rewritten, type Section } from '../attempt.ts';
import { SANDBOX_WAYS } from '../ways.ts';
import { READ_ONLY_FILE, volume, withMount } from './mounting.ts';

const NODE = '/srv/sessions';

const SCRATCH = { name: 'scratch', emptyDir: { sizeLimit: '1Mi' } };

function hostPath(path: unknown, type?: string): Change {
  return withMount({ hostPath: { path, ...(type !== undefined && { type }) } }, { readOnly: true });
}

export const HOST_PATHS: Section = {
  title: 'volumes: files of the node',
  rules: ['volumes'],
  about: `Pods may mount folders below \`${NODE}\` of their node, read-only and below \`/work\`, and nothing else of it.`,
  spec: {
    volumes: {
      hostPaths: [{ path: NODE, below: true, readOnly: true, types: ['Directory'], mountPaths: ['/work/**'] }],
    },
  },
  base: withMount({ hostPath: { path: `${NODE}/one`, type: 'Directory' } }, { readOnly: true }),
  attempts: [
    inPod('another folder', 'hostPaths', hostPath('/srv/other', 'Directory')),
    inPod('the node itself', 'forbiddenHostPaths', hostPath('/', 'Directory')),
    inPod('the node itself by an empty path', 'forbiddenHostPaths', hostPath('', 'Directory'), NO_POD),
    inPod('its secrets', 'forbiddenHostPaths', hostPath('/etc/kubernetes', 'Directory')),
    inPod('its secrets with slashes more', 'forbiddenHostPaths', hostPath('//etc//kubernetes/', 'Directory')),
    inPod('its secrets through the folder', 'forbiddenHostPaths', hostPath(`${NODE}/../../etc`, 'Directory'), NO_POD),
    inPod('its processes', 'forbiddenHostPaths', hostPath('/proc/1/root', 'Directory')),
    inPod(
      'the socket of its container runtime',
      'forbiddenHostPaths',
      hostPath('/run/containerd/containerd.sock', 'Socket'),
    ),
    inPod('the folder that has such a socket', 'forbiddenHostPaths', hostPath('/var/run', 'Directory')),
    inPod('the same in capitals', 'forbiddenHostPaths', hostPath('/ETC', 'Directory')),
    inPod('a folder whose name begins like the one', 'hostPaths', hostPath(`${NODE}-other`, 'Directory')),
    inPod('the folder around it', 'hostPaths', hostPath('/srv', 'Directory')),
    inPod('the path in the coding of URLs', 'hostPaths', hostPath('/srv%2Fsessions', 'Directory')),
    inPod('a file in the place of a folder', 'hostPaths', hostPath(`${NODE}/one`, 'File')),
    rewritten('the API server writes an empty type', inPod('whatever is there', 'hostPaths', hostPath(`${NODE}/one`))),
    inPod('to write to', 'hostPaths', withMount({ hostPath: { path: `${NODE}/one`, type: 'Directory' } }, {})),
    inPod(
      'to write to, by null',
      'hostPaths',
      withMount({ hostPath: { path: `${NODE}/one`, type: 'Directory' } }, { readOnly: null }),
    ),
    inPod(
      'to write to in a second mount',
      'hostPaths',
      put({ name: 'mine', mountPath: '/work/again' }, 'spec', 'containers', 'side', 'volumeMounts', NEXT),
    ),
    inContainer(
      'to write to in another container',
      'hostPaths',
      put([{ name: 'mine', mountPath: '/work/x' }], 'volumeMounts'),
    ),
    inPod(
      'elsewhere in the container',
      'hostPaths',
      put('/usr/bin', 'spec', 'containers', 'side', 'volumeMounts', 'mine', 'mountPath'),
    ),
    inPod(
      'elsewhere, by dots',
      'hostPaths',
      put('/work/../usr/bin', 'spec', 'containers', 'side', 'volumeMounts', 'mine', 'mountPath'),
    ),
    inPod(
      'with mounts passed on from the node',
      'hostPaths',
      put('HostToContainer', 'spec', 'containers', 'side', 'volumeMounts', 'mine', 'mountPropagation'),
    ),
    inPod(
      'a part of it by dots',
      'hostPaths',
      put('../../other', 'spec', 'containers', 'side', 'volumeMounts', 'mine', 'subPath'),
      NO_POD,
      by(SANDBOX_WAYS, letIn('Kubernetes refuses the pod: no part of a volume is named with dots.')),
    ),
    inPod('a path that is a number', 'shape', hostPath(5), NO_POD),
    inPod('another folder behind a line end', 'hostPaths', hostPath(`${NODE}\n/../other`, 'Directory'), NO_POD),
    inPod(
      'the folder with letters that look like its own',
      'hostPaths',
      hostPath('/srv/s\u0435ssions/one', 'Directory'),
    ),
    inPod('a slash that looks like one', 'forbiddenHostPaths', hostPath('\uff0fetc', 'Directory')),
    inPod(
      'another folder, behind a step back that is ended by a NUL',
      'hostPaths',
      hostPath(`${NODE}/..\u0000/x`, 'Directory'),
    ),
    inPod('its secrets, ended by a NUL', 'forbiddenHostPaths', hostPath('/etc\u0000/x', 'Directory')),
    inPod(
      'the folder, ended by a NUL',
      letIn('It is the folder, or to most runtimes no path at all.'),
      hostPath(`${NODE}/one\u0000/x`, 'Directory'),
    ),
  ],
};

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

export const CONTENTS: Section = {
  title: 'volumes: Secrets, ConfigMaps and scratch space',
  rules: ['volumes'],
  about:
    'Pods may mount Secrets and ConfigMaps called `agent-*`; emptyDir has a size and is on disk; one file stays as it is.',
  spec: {
    volumes: {
      allowedTypes: ['configMap', 'emptyDir', 'projected', 'secret'],
      secrets: ['agent-*'],
      configMaps: ['agent-*'],
      readOnlyMountPaths: [READ_ONLY_FILE],
      emptyDir: { maxSize: '1Gi', defaultSize: '100Mi', allowedMedia: [''] },
    },
  },
  base: all(withMount({ secret: { secretName: 'agent-1' } }, {}), put(SCRATCH, 'spec', 'volumes', NEXT)),
  attempts: [
    inPod('another Secret', 'volumeSecrets', volume({ secret: { secretName: 'admin' } })),
    inPod('a Secret whose name ends like one', 'volumeSecrets', volume({ secret: { secretName: 'admin-agent-1' } })),
    inPod('a Secret without a name', 'volumeSecrets', volume({ secret: {} }), NO_POD),
    inPod(
      'another Secret, projected',
      'volumeSecrets',
      volume({ projected: { sources: [{ secret: { name: 'agent-1' } }, { secret: { name: 'admin' } }] } }),
    ),
    inPod('another ConfigMap', 'volumeConfigMaps', volume({ configMap: { name: 'cluster' } })),
    inPod(
      'another ConfigMap, projected',
      'volumeConfigMaps',
      volume({ projected: { sources: [{ configMap: { name: 'cluster' } }] } }),
    ),
    inPod('a file of the node', 'volumeTypes', volume({ hostPath: { path: '/srv' } })),
    inPod(
      'two sources in one volume',
      'volumeTypes',
      volume({ secret: { secretName: 'agent-1' }, nfs: { server: 'nas', path: '/' } }),
      NO_POD,
    ),
    onlyBy(SANDBOX_WAYS, inPod('a type that Kubernetes does not know', 'volumeTypes', volume({ unheardOf: {} }))),
    inPod('scratch space without an end', letIn('The size of the policy is filled in.'), volume({ emptyDir: {} })),
    inPod('the same by null', letIn('The size of the policy is filled in.'), volume({ emptyDir: { sizeLimit: null } })),
    inPod('more than is allowed', 'emptyDirs', volume({ emptyDir: { sizeLimit: '1025Mi' } })),
    inPod('nothing, which means no end', 'emptyDirs', volume({ emptyDir: { sizeLimit: '0' } })),
    inPod('less than nothing', 'emptyDirs', volume({ emptyDir: { sizeLimit: '-1Gi' } }), NO_POD),
    inPod('memory', 'emptyDirs', volume({ emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } })),
    inContainer(
      'something writable at the file',
      'readOnlyMountPaths',
      put([{ name: 'scratch', mountPath: READ_ONLY_FILE }], 'volumeMounts'),
    ),
    inContainer(
      'something writable above the file',
      'readOnlyMountPaths',
      put([{ name: 'scratch', mountPath: '/workspace' }], 'volumeMounts'),
    ),
    inContainer(
      'the same, spelled otherwise',
      'readOnlyMountPaths',
      put([{ name: 'scratch', mountPath: '/workspace/./agent/' }], 'volumeMounts'),
    ),
    inContainer(
      'the same by dots',
      'readOnlyMountPaths',
      put([{ name: 'scratch', mountPath: '/x/../workspace' }], 'volumeMounts'),
    ),
    inContainer(
      'the same, ended by a NUL',
      'readOnlyMountPaths',
      put([{ name: 'scratch', mountPath: '/workspace\u0000/x' }], 'volumeMounts'),
    ),
  ],
};
