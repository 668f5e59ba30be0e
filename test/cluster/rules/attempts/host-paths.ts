// volumes: what a pod has of its node.
import { type Change, NEXT, put } from '../../support/change.ts';
import { by, inContainer, inPod, letIn, NO_POD, rewritten, type Section } from '../attempt.ts';
import { SANDBOX_WAYS } from '../ways.ts';
import { withMount } from './mounting.ts';

const NODE = '/srv/sessions';

function hostPath(path: unknown, type?: string): Change {
  return withMount({ hostPath: { path, ...(type !== undefined && { type }) } }, { readOnly: true });
}

export const HOST_PATHS: Section = {
  title: 'volumes: files of the node',
  rules: ['volumes'],
  about: `Pods may mount folders below \`${NODE}\` of their node, read-only and below \`/work\`, and nothing else of it.`,
  spec: {
    volumes: {
      hostPaths: [{ path: NODE, below: true, readOnly: true, types: ['Directory'], mountPaths: ['/workspace/**'] }],
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
      put({ name: 'mine', mountPath: '/workspace/again' }, 'spec', 'containers', 'side', 'volumeMounts', NEXT),
    ),
    inContainer(
      'to write to in another container',
      'hostPaths',
      put([{ name: 'mine', mountPath: '/workspace/x' }], 'volumeMounts'),
    ),
    inPod(
      'elsewhere in the container',
      'hostPaths',
      put('/usr/bin', 'spec', 'containers', 'side', 'volumeMounts', 'mine', 'mountPath'),
    ),
    inPod(
      'elsewhere, by dots',
      'hostPaths',
      put('/workspace/../usr/bin', 'spec', 'containers', 'side', 'volumeMounts', 'mine', 'mountPath'),
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
