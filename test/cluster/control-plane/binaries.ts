// The programs a cluster is made of: from KUBEBUILDER_ASSETS, from our cache, or built from source.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildGo, type GoModule, isBuilt } from './go-build.ts';

/** The version the programs are built as. */
export const KUBERNETES_VERSION = 'v1.37.2';

export interface Binaries {
  readonly etcd: string;
  readonly kubeApiserver: string;
  /** Absent with assets from elsewhere, which do not have it, where there is no Go to build it. */
  readonly kubeControllerManager: string | undefined;
  readonly kubectl: string;
}

const SOURCES = resolve(import.meta.dirname, '../binaries');

const ETCD: GoModule = {
  folder: join(SOURCES, 'etcd'),
  packages: ['go.etcd.io/etcd/server/v3'],
  names: { 'go.etcd.io/etcd/server/v3': 'etcd' },
  ldflags: '-s -w',
  coldSeconds: { etcd: 70 },
};

// Without these three a server says v0.0.0, and kubectl and client libraries draw conclusions from that.
const VERSION = 'k8s.io/component-base/version';
const KUBERNETES: GoModule = {
  folder: join(SOURCES, 'kubernetes'),
  packages: ['kube-apiserver', 'kube-controller-manager', 'kubectl'].map((name) => `k8s.io/kubernetes/cmd/${name}`),
  ldflags: `-s -w -X ${VERSION}.gitVersion=${KUBERNETES_VERSION} -X ${VERSION}.gitMajor=1 -X ${VERSION}.gitMinor=37`,
  coldSeconds: { 'kube-apiserver': 650, 'kube-controller-manager': 160, kubectl: 40 },
};

let found: Promise<Binaries> | undefined;

/**
 * Where the programs are, built now where they must be.
 *
 * @throws Error where they are nowhere and there is no Go, with what to install or set
 */
export function findBinaries(): Promise<Binaries> {
  found ??= find();
  return found;
}

/** Whether {@link findBinaries} would find them without building any. */
export async function areBinariesThere(): Promise<boolean> {
  if (process.env.KUBEBUILDER_ASSETS) return true;
  return (await isBuilt(ETCD)) && (await isBuilt(KUBERNETES));
}

async function find(): Promise<Binaries> {
  const { KUBEBUILDER_ASSETS } = process.env;
  if (KUBEBUILDER_ASSETS) return fromAssets(KUBEBUILDER_ASSETS);
  const etcd = await buildGo(ETCD);
  const kubernetes = await buildGo(KUBERNETES);
  return {
    etcd: builtAs(etcd, 'etcd'),
    kubeApiserver: builtAs(kubernetes, 'kube-apiserver'),
    kubeControllerManager: builtAs(kubernetes, 'kube-controller-manager'),
    kubectl: builtAs(kubernetes, 'kubectl'),
  };
}

/** What `setup-envtest` unpacks: etcd, kube-apiserver and kubectl. */
async function fromAssets(folder: string): Promise<Binaries> {
  const path = (name: string): string => join(folder, name);
  for (const name of ['etcd', 'kube-apiserver', 'kubectl']) {
    if (!existsSync(path(name))) {
      throw new Error(
        `KUBEBUILDER_ASSETS is ${folder}, which has no ${name}: point it at a folder with etcd, kube-apiserver and kubectl, or unset it to build them`,
      );
    }
  }
  const manager = path('kube-controller-manager');
  return {
    etcd: path('etcd'),
    kubeApiserver: path('kube-apiserver'),
    kubeControllerManager: existsSync(manager) ? manager : await buildManager(),
    kubectl: path('kubectl'),
  };
}

async function buildManager(): Promise<string | undefined> {
  const packages = KUBERNETES.packages.filter((name) => name.endsWith('/kube-controller-manager'));
  try {
    return builtAs(await buildGo({ ...KUBERNETES, packages }), 'kube-controller-manager');
  } catch (error) {
    console.error(`without kube-controller-manager: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

function builtAs(built: Readonly<Record<string, string>>, name: string): string {
  const path = built[name];
  if (path === undefined) throw new Error(`the build made no ${name}`);
  return path;
}
