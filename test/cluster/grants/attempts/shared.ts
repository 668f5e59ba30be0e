// The workload's mounts, which the daemon has too: it is to see what `docker run -v` names, and nothing more.
import type { JsonObject } from '../../../../src/model/json.ts';
import { found, NEXT, put } from '../../support/change.ts';
import { DAEMON } from '../names.ts';
import { askingPod, asStored } from '../pods.ts';
import { tierLabels } from '../policies.ts';
import { type Attempt, byKubernetes, create, forged, type Section } from './attempt.ts';

const CONFLICT = 'capability_container_name_conflict: docker-daemon';
const MOUNTS = [...DAEMON, 'volumeMounts'] as const;

/** To runtimes that are written in C this is the folder before the NUL. */
const ENDED_BY_NUL = '/usr\0/x';

const SPEC: JsonObject = {
  containers: [
    {
      name: 'app',
      image: 'example.com/app:1',
      volumeMounts: [
        { name: 'work', mountPath: '/workspace' },
        { name: 'sources', mountPath: '/sources', readOnly: true },
        { name: 'scratch', mountPath: '/usr/local/bin' },
        { name: 'scratch', mountPath: '/var/lib/docker' },
        { name: 'scratch', mountPath: '/home/rootless' },
        { name: 'scratch', mountPath: ENDED_BY_NUL },
      ],
    },
    { name: 'side', image: 'example.com/side:1', volumeMounts: [{ name: 'keys', mountPath: '/keys' }] },
  ],
  volumes: [
    { name: 'work', persistentVolumeClaim: { claimName: 'work' } },
    { name: 'sources', persistentVolumeClaim: { claimName: 'sources' } },
    { name: 'scratch', emptyDir: {} },
    { name: 'keys', secret: { secretName: 'keys', optional: true } },
  ],
};

/** That the daemon mounts what it should, and no more. */
function shares(what: string, because: string, path: string, expected: JsonObject | undefined): Attempt {
  return {
    what,
    verdict: 'let in',
    says: '',
    because,
    async run(place) {
      const asking = askingPod(place.namespace, { spec: SPEC });
      const mount = found(await asStored(place, asking), ...MOUNTS, path);
      if (JSON.stringify(mount) !== JSON.stringify(expected)) throw new Error(`it has ${JSON.stringify(mount)}`);
      return await create(place, asking);
    },
  };
}

export const SHARED_ATTEMPTS: Section = {
  title: 'The workload’s mounts, shared with the daemon',
  about:
    'The daemon mounts what the container that is granted the socket mounts, at the same paths. What the workload may only read it may only read as well.',
  labels: tierLabels('rootless-tun-host-path'),
  attempts: [
    shares('the workspace', 'It is what the class shares.', '/workspace', { name: 'work', mountPath: '/workspace' }),
    shares('sources that the workload may only read', 'It may only read them as well.', '/sources', {
      name: 'sources',
      readOnly: true,
      mountPath: '/sources',
    }),
    shares('programs of one’s own in the place of the daemon’s', 'They are not shared.', '/usr/local/bin', undefined),
    shares('the same by a path that a NUL ends', 'They are not shared.', ENDED_BY_NUL, undefined),
    shares('a home of one’s own in the place of the daemon’s', 'It is not shared.', '/home/rootless', undefined),
    shares('the Secret of another container', 'It is not shared.', '/keys', undefined),
    ...forged(
      { spec: SPEC },
      ['what the workload may only read, to write to', put(undefined, ...MOUNTS, '/sources', 'readOnly'), CONFLICT],
      ['another part of the workspace', put('other', ...MOUNTS, '/workspace', 'subPath'), CONFLICT],
      ['a part of what may only be read', put('x', ...MOUNTS, '/sources', 'subPath'), CONFLICT],
      [
        'the Secret of another container, mounted by the daemon',
        put({ name: 'keys', mountPath: '/keys' }, ...MOUNTS, NEXT),
        CONFLICT,
      ],
      [
        'programs of one’s own, mounted by the daemon',
        put({ name: 'scratch', mountPath: '/usr/local/bin' }, ...MOUNTS, NEXT),
        CONFLICT,
      ],
      [
        'the workspace in the place of the daemon’s data',
        put('work', ...MOUNTS, '/var/lib/docker-data', 'name'),
        CONFLICT,
      ],
    ),
    ...byKubernetes(
      forged({ spec: SPEC }, [
        'the workspace, spread over the node',
        put('Bidirectional', ...MOUNTS, '/workspace', 'mountPropagation'),
        'Bidirectional mount propagation is available only to privileged containers',
      ]),
    ),
  ],
};
