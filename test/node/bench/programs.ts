// The programs of a node, built from Go modules into the cache beside those of the control plane.
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { KUBERNETES_VERSION } from '../../cluster/control-plane/binaries.ts';
import { buildGo, findGo, type GoModule, isBuilt } from '../../cluster/control-plane/go-build.ts';
import { type Missing, notCached } from './cache.ts';
import { onPath } from './commands.ts';
import { unpack } from './debian.ts';
import { CannotHaveNode } from './skip.ts';

const SOURCES = resolve(import.meta.dirname, '../binaries');
const VERSION = 'k8s.io/component-base/version';

const KUBERNETES: GoModule = {
  folder: join(SOURCES, 'kubernetes'),
  packages: ['kubelet', 'kube-scheduler'].map((name) => `k8s.io/kubernetes/cmd/${name}`),
  ldflags: `-s -w -X ${VERSION}.gitVersion=${KUBERNETES_VERSION} -X ${VERSION}.gitMajor=1 -X ${VERSION}.gitMinor=37`,
  coldSeconds: { kubelet: 650, 'kube-scheduler': 60 },
};

const CONTAINERD: GoModule = {
  folder: join(SOURCES, 'containerd'),
  packages: ['containerd', 'containerd-shim-runc-v2', 'ctr'].map(
    (name) => `github.com/containerd/containerd/v2/cmd/${name}`,
  ),
  ldflags: '-s -w',
  coldSeconds: { containerd: 170, 'containerd-shim-runc-v2': 20, ctr: 20 },
};

const CNI_PLUGINS: GoModule = {
  folder: join(SOURCES, 'cni-plugins'),
  packages: ['ipam/host-local', 'main/bridge', 'main/loopback'].map(
    (name) => `github.com/containernetworking/plugins/plugins/${name}`,
  ),
  ldflags: '-s -w',
  coldSeconds: { bridge: 20 },
};

const GVISOR: GoModule = {
  folder: join(SOURCES, 'gvisor'),
  packages: ['gvisor.dev/gvisor/runsc', 'gvisor.dev/gvisor/shim'],
  names: { 'gvisor.dev/gvisor/shim': 'containerd-shim-runsc-v1' },
  ldflags: '-s -w',
  coldSeconds: { runsc: 270, 'containerd-shim-runsc-v1': 50 },
};

const DEVICE_PLUGIN: GoModule = {
  folder: join(SOURCES, 'device-plugin'),
  packages: ['./'],
  names: { './': 'device-plugin' },
  ldflags: '-s -w',
  coldSeconds: { 'device-plugin': 90 },
};

/** The paths of a node's programs. */
export interface NodePrograms {
  readonly kubeScheduler: string;
  /** What goes into /usr/bin of the node, by name. */
  readonly guest: Readonly<Record<string, string>>;
  readonly cniPlugins: Readonly<Record<string, string>>;
}

/**
 * Finds the programs in the cache, or builds them.
 *
 * @param seccomp a folder that {@link unpackSeccomp} made, which runc is linked with
 * @throws CannotHaveNode where there is no Go, no C compiler, or no way to the modules
 */
export async function nodePrograms(seccomp: string, missing: Missing): Promise<NodePrograms> {
  try {
    findGo();
  } catch (error) {
    throw new CannotHaveNode('there is no Go to build kubelet and containerd with: install 1.26 or newer', {
      cause: error,
    });
  }
  if (missing === 'make' && onPath('gcc') === undefined)
    throw new CannotHaveNode('there is no gcc to build runc with: install gcc');
  const containerd = await built(CONTAINERD, missing);
  const cniPlugins = await built(CNI_PLUGINS, missing);
  const devicePlugin = await built(DEVICE_PLUGIN, missing);
  const gvisor = await built(GVISOR, missing);
  const runc = await built(runcModule(seccomp), missing);
  // Last: it shares what the API server's build has compiled, where that runs beside this one.
  const kubernetes = await built(KUBERNETES, missing);
  const { kubelet = '', 'kube-scheduler': kubeScheduler = '' } = kubernetes;
  return { kubeScheduler, cniPlugins, guest: { kubelet, ...containerd, ...devicePlugin, ...gvisor, ...runc } };
}

async function built(module: GoModule, missing: Missing): Promise<Readonly<Record<string, string>>> {
  if (missing === 'skip' && !(await isBuilt(module))) throw notCached(Object.keys(module.coldSeconds ?? {}).join(', '));
  try {
    return await buildGo(module);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    // Only what the network has to do with: a build that fails for another reason is a mistake of ours.
    if (!/\b(?:dial tcp|no such host|Forbidden|i\/o timeout|proxyconnect|connection refused)\b/.test(said)) throw error;
    throw new CannotHaveNode(`the Go modules of ${module.folder} are not available: ${said.split('\n').at(-1) ?? ''}`, {
      cause: error,
    });
  }
}

/** Static, with seccomp: in C, too, against Debian's library, which is unpacked and not installed. */
function runcModule(seccomp: string): GoModule {
  return {
    folder: join(SOURCES, 'runc'),
    packages: ['github.com/opencontainers/runc'],
    tags: ['seccomp', 'netgo', 'osusergo'],
    ldflags: '-s -w -linkmode external -extldflags -static',
    environment: { CGO_ENABLED: '1', PKG_CONFIG: join(seccomp, 'pkg-config') },
    coldSeconds: { runc: 40 },
  };
}

/** Unpacks libseccomp-dev, and puts in what Go asks which flags a library wants: the only library here is this. */
export async function unpackSeccomp(files: readonly string[], folder: string): Promise<void> {
  await unpack(files, folder);
  const script = `#!/bin/sh
root=$(dirname "$0")
case "$*" in
*--cflags*) echo "-I$root/usr/include" ;;
*) echo "-L$root/usr/lib/x86_64-linux-gnu -lseccomp" ;;
esac
`;
  await writeFile(join(folder, 'pkg-config'), script, { mode: 0o755 });
}
