/*
Files and folders that the policy blocks must not be mounted from storage that outlives the pod: of nodes, of file servers, and
below claims. The path of a volume counts together with the path inside of it.

**Restricted Fields:**
spec.volumes[*].hostPath.path
spec.volumes[*].(nfs, cephfs, glusterfs).path
spec.containers[*].volumeMounts[*].subPath, subPathExpr
spec.initContainers[*].volumeMounts[*].subPath, subPathExpr
spec.ephemeralContainers[*].volumeMounts[*].subPath, subPathExpr

**Allowed Values:** paths that match none of the policy's patterns; subPathExpr with variables whose values are known
*/
import type { ContainerRef, PodView } from '../../kubernetes/containers.ts';
import { joinPaths, normalisePath } from '../../kubernetes/file-path.ts';
import type { Volume } from '../../kubernetes/pod.ts';
import { isGiven } from '../../kubernetes/stated-user.ts';
import type { Violation } from '../../model/finding.ts';
import { ownField } from '../../model/json.ts';
import { append } from '../../pod-security/violations.ts';
import type { RuleCheck } from '../check.ts';
import { type BlockedBy, compileBlocked } from './blocked.ts';
import { describeDemands } from './in-words.ts';
import { inMount, type Mount, type VolumeMount } from './mounts.ts';
import type { VolumeParameters } from './parameters.ts';
import { ownVolumes } from './sources.ts';
import { expandSubPath, variablesOf } from './sub-path.ts';

/** Sources whose path is one of a file system that others have, too. */
const WITH_PATH: ReadonlySet<string> = new Set(['hostPath', 'nfs', 'cephfs', 'glusterfs']);
/** Sources that hold nothing but what the pod itself or an object of Kubernetes puts into them. */
const OF_POD: ReadonlySet<string> = new Set([
  'emptyDir',
  'configMap',
  'secret',
  'projected',
  'downwardAPI',
  'image',
  'ephemeral',
]);

const KEYS = { blockedPaths: { patterns: ['.ssh', '*.pem', 'credentials'] } } satisfies VolumeParameters;

/** A check that no file or folder is mounted that the policy blocks. */
export const blockedPaths: RuleCheck<VolumeParameters> = {
  id: 'blockedPaths',
  title: 'Files and folders that the policy blocks must not be mounted.',
  fix: 'mount another folder, without what the policy blocks',
  platform: 'any',
  compile: (parameters) => {
    const blocked = parameters.blockedPaths && compileBlocked(parameters.blockedPaths);
    return blocked && ((pod) => findBlocked(pod, blocked));
  },
  describe: describeDemands('blocked path'),
  examples: {
    pass: [
      {
        name: 'other paths, names that only hold a pattern, and volumes of the pod itself',
        parameters: KEYS,
        pod: {
          metadata: { name: 'web' },
          spec: {
            containers: [
              {
                name: 'a',
                env: [
                  { name: 'WHO', value: 'me' },
                  { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
                ],
                volumeMounts: [
                  { name: 'h', subPath: 'my.ssh.d' },
                  { name: 'h', subPathExpr: '$(WHO)/$(POD)' },
                  { name: 's', subPath: 'credentials' },
                ],
              },
            ],
            volumes: [
              { name: 'h', hostPath: { path: '/home/x.ssh' } },
              { name: 's', secret: { secretName: 'a' } },
            ],
          },
        },
      },
      {
        name: 'a policy that blocks nothing',
        parameters: { secrets: ['*'] },
        pod: { spec: { volumes: [{ name: 'h', hostPath: { path: '/home/.ssh' } }] } },
      },
    ],
    fail: [
      {
        name: 'the path of a volume, in any case and spelling',
        parameters: KEYS,
        pod: {
          spec: {
            volumes: [
              { name: 'a', hostPath: { path: '/home/me/.SSH/keys' } },
              { name: 'b', nfs: { path: '/x/./tls.pem/' } },
              { name: 'c', cephfs: { path: '/%2essh' } },
              { name: 'd', glusterfs: { path: 'credentials' } },
            ],
          },
        },
        says:
          'blocked path (volumes "a", "c" must not reach ".ssh", found "/home/me/.SSH/keys", "/%2essh"; ' +
          'volume "b" must not reach "*.pem", found "/x/./tls.pem/"; volume "d" must not reach "credentials", found "credentials")',
        paths: [
          'spec.volumes[0].hostPath.path',
          'spec.volumes[1].nfs.path',
          'spec.volumes[2].cephfs.path',
          'spec.volumes[3].glusterfs.path',
        ],
        values: ['/home/me/.SSH/keys', '/x/./tls.pem/', '/%2essh', 'credentials'],
      },
      {
        name: 'the path inside of a volume, in every list, and one that only the node knows',
        parameters: KEYS,
        pod: {
          spec: {
            initContainers: [{ name: 'i', volumeMounts: [{ name: 'h', subPath: 'me/.ssh' }] }],
            containers: [
              {
                name: 'a',
                env: [
                  { name: 'DIR', value: '.ssh' },
                  { name: 'LABEL', valueFrom: { fieldRef: { fieldPath: "metadata.labels['x']" } } },
                ],
                volumeMounts: [
                  { name: 'p', subPathExpr: 'a/$(DIR)' },
                  { name: 'p', subPathExpr: '$(LABEL)' },
                  { name: 'p', subPathExpr: '$(NOWHERE)' },
                  { name: 'p', subPathExpr: '$$(DIR)' },
                ],
              },
            ],
            ephemeralContainers: [{ name: 'e', volumeMounts: [{ name: 'unknown', subPath: 'credentials' }] }],
            volumes: [
              { name: 'h', hostPath: { path: '/home' } },
              { name: 'p', persistentVolumeClaim: { claimName: 'c' } },
            ],
          },
        },
        says:
          'blocked path (containers "i", "a" must not reach ".ssh", found "me/.ssh", "a/$(DIR)"; ' +
          'container "a" must not mount volume "p" at a path that only the node knows, ' +
          'found "$(LABEL)", "$(NOWHERE)", "$$(DIR)"; ' +
          'container "e" must not reach "credentials", found "credentials")',
        paths: [
          'spec.initContainers[0].volumeMounts[0].subPath',
          'spec.containers[0].volumeMounts[0].subPathExpr',
          'spec.containers[0].volumeMounts[1].subPathExpr',
          'spec.containers[0].volumeMounts[2].subPathExpr',
          'spec.containers[0].volumeMounts[3].subPathExpr',
          'spec.ephemeralContainers[0].volumeMounts[0].subPath',
        ],
        values: ['me/.ssh', 'a/$(DIR)', '$(LABEL)', '$(NOWHERE)', '$$(DIR)', 'credentials'],
      },
      {
        name: "nanoclaw's list, with its match: a path that holds the text, also across volume and mount",
        parameters: { blockedPaths: { lists: ['nanoclaw'], patterns: ['a/b'], match: 'Contains' } },
        pod: {
          spec: {
            containers: [{ name: 'a', volumeMounts: [{ name: 'ok', subPath: 'b' }] }],
            volumes: [
              { name: 'x', hostPath: { path: '/home/my-credentials-old' } },
              { name: 'ok', hostPath: { path: '/srv/a' } },
            ],
          },
        },
        says:
          'blocked path (volume "x" must not reach "credentials", found "/home/my-credentials-old"; ' +
          'container "a" must not reach "a/b", found "b")',
        paths: ['spec.volumes[0].hostPath.path', 'spec.containers[0].volumeMounts[0].subPath'],
        values: ['/home/my-credentials-old', 'b'],
      },
      {
        name: "nanoclaw's list by parts of a path",
        parameters: { blockedPaths: { lists: ['nanoclaw'], match: 'Component' } },
        pod: {
          spec: {
            volumes: [
              { name: 'x', hostPath: { path: '/home/my-credentials-old' } },
              { name: 'y', hostPath: { path: '/home/me/.netrc' } },
            ],
          },
        },
        says: 'blocked path (volume "y" must not reach ".netrc", found "/home/me/.netrc")',
        paths: ['spec.volumes[1].hostPath.path'],
        values: ['/home/me/.netrc'],
      },
    ],
  },
};

function findBlocked(pod: PodView, blocked: BlockedBy): readonly Violation[] | undefined {
  if (!pod.spec.volumes?.some(mayHavePath) && !pod.containers.some(mountsParts)) return undefined;
  let found: Violation[] | undefined;
  /** The folder that each volume begins with; null where nothing in it is anybody's but the pod's, or it is refused itself. */
  const folders = new Map<string, string | null>();
  for (const own of ownVolumes(pod, () => true)) {
    const { name, volume } = own;
    for (const source of Object.keys(volume)) {
      if (OF_POD.has(source) && isGiven(volume[source]) && !folders.has(name)) folders.set(name, null);
      if (!WITH_PATH.has(source)) continue;
      const value = ownField(volume[source], 'path');
      if (typeof value !== 'string') continue;
      const by = blocked(value);
      folders.set(name, by === undefined ? normalisePath(value) : null);
      if (by === undefined) continue;
      const kind = `must not reach "${by}"`;
      found = append(found, { path: `${own.path}.${source}.path`, value, volume: name, kind });
    }
  }
  for (const ref of pod.containers) {
    const { volumeMounts } = ref.container;
    if (!volumeMounts || !mountsParts(ref)) continue;
    const variables = variablesOf(ref.container);
    const expand = (expression: string) => expandSubPath(expression, variables, pod.metadata);
    for (const [index, mount] of volumeMounts.entries()) {
      const violation = judgeMount({ ref, index, mount }, folders, expand, blocked);
      if (violation) found = append(found, violation);
    }
  }
  return found;
}

/** True for a volume of one of {@link WITH_PATH}. */
function mayHavePath({ hostPath, nfs, cephfs, glusterfs }: Volume): boolean {
  return isGiven(hostPath) || isGiven(nfs) || isGiven(cephfs) || isGiven(glusterfs);
}

function mountsParts({ container }: ContainerRef): boolean {
  return container.volumeMounts?.some(mountsPart) ?? false;
}

/** True for a mount of a part of its volume. Nothing else about a mount can be blocked. */
function mountsPart({ subPath, subPathExpr }: VolumeMount): boolean {
  return Boolean(subPath) || Boolean(subPathExpr);
}

function judgeMount(
  one: Mount,
  folders: ReadonlyMap<string, string | null>,
  expand: (expression: string) => string | undefined,
  blocked: BlockedBy,
): Violation | undefined {
  const { name, subPath, subPathExpr } = one.mount;
  const folder = folders.get(name ?? '');
  // A volume that is not in the pod is the claim of a StatefulSet or a Sandbox.
  if (folder === null) return undefined;
  for (const field of ['subPath', 'subPathExpr'] as const) {
    const written = field === 'subPath' ? subPath : subPathExpr;
    if (!written) continue;
    const path = field === 'subPath' ? written : expand(written);
    if (path === undefined) {
      return inMount(one, field, `must not mount volume "${name ?? ''}" at a path that only the node knows`);
    }
    const by = blocked(path) ?? (folder === undefined ? undefined : blocked(joinPaths(folder, path)));
    if (by !== undefined) return inMount(one, field, `must not reach "${by}"`);
  }
  return undefined;
}
