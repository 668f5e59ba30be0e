// volumes: Secrets, ConfigMaps, scratch space, and where they are mounted.
import { all, NEXT, put } from '../../support/change.ts';
import { inContainer, inPod, letIn, NO_POD, onlyBy, type Section } from '../attempt.ts';
import { SANDBOX_WAYS } from '../ways.ts';
import { READ_ONLY_FILE, volume, withMount } from './mounting.ts';

const SCRATCH = { name: 'scratch', emptyDir: { sizeLimit: '1Mi' } };

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
    inPod(
      'scratch space without an end',
      letIn('The size of the policy is filled in.', '100Mi', 'spec', 'volumes', 'mine', 'emptyDir', 'sizeLimit'),
      volume({ emptyDir: {} }),
    ),
    inPod(
      'the same by null',
      letIn('The size of the policy is filled in.', '100Mi', 'spec', 'volumes', 'mine', 'emptyDir', 'sizeLimit'),
      volume({ emptyDir: { sizeLimit: null } }),
    ),
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
