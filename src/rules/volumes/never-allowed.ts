// Paths of nodes that no policy of this rule can allow: with any of them a container is the node.
import { isWithin, normalisePath, plainPath } from '../../kubernetes/file-path.ts';

/** Whoever writes to one of these, or in some cases only reads it, has the node. */
export const NEVER: readonly string[] = [
  '/dev',
  '/etc',
  '/proc',
  '/sys',
  // Sockets of container runtimes, of systemd and of D-Bus. The second is a symbolic link to the first nearly everywhere.
  '/run',
  '/var/run',
  '/var/lib/kubelet',
  // What container runtimes, distributions with a kubelet of their own, and the API server keep on disk.
  '/var/lib/docker',
  '/var/lib/containerd',
  '/var/lib/containers',
  '/var/lib/crio',
  '/var/lib/rancher',
  '/var/lib/k0s',
  '/var/lib/etcd',
  // Named pipes on Windows: `\\.\pipe\docker_engine`.
  '/pipe',
];

/** Names under which runtimes have their sockets, wherever they are. */
const SOCKETS = /^(?:docker|containerd|crio|cri-dockerd|dockershim|frakti|podman|buildkitd|kubelet|nerdctl)\.sock$/;

/**
 * True for what must never be mounted, in any spelling: one of these paths, what is below it, and a folder that holds it, such as
 * `/` and `/var`. Look-alikes count where they are another spelling to somebody: upper case, trailing dots, percent signs.
 */
export function isNeverAllowed(path: string): boolean {
  const asWalked = normalisePath(path);
  const asMeant = plainPath(path);
  return isNever(asWalked) || (asMeant !== asWalked && isNever(asMeant));
}

function isNever(path: string): boolean {
  if (SOCKETS.test(path.slice(path.lastIndexOf('/') + 1))) return true;
  return NEVER.some((never) => isWithin(path, never) || isWithin(never, path));
}
