// A node for a control plane of the tests: a scheduler beside it, and a machine with kubelet and containerd that joins it.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { at, listAt } from '../../cluster/control-plane/at.ts';
import type { ControlPlane } from '../../cluster/control-plane/control-plane.ts';
import { SERVICE_ADDRESS } from '../../cluster/control-plane/credentials.ts';
import { expectOk } from '../../cluster/control-plane/expect-ok.ts';
import { freePorts } from '../../cluster/control-plane/free-ports.ts';
import { startGuard } from '../../cluster/control-plane/guard.ts';
import { type Part, startPart, untilReady } from '../../cluster/control-plane/part.ts';
import { waitFor } from '../../cluster/control-plane/wait-for.ts';
import { type NodeParts, nodeFiles } from './disk.ts';
import { machineCommand, OUTSIDE } from './machine.ts';
import { END_OF_ARCHIVE, entryBlocks } from './tar.ts';

/** The API server dials a node by its name before it tries addresses, and this name leads to the port that we forward. */
const NAME = 'localhost';
/** What our own node is known by. */
export const TEST_NODE_LABEL = 'sandgate.dev/test-node';
/** On which port of loopback the node looks for {@link REGISTRY}: a test that wants something pulled listens there. */
export const REGISTRY_PORT_LABEL = 'sandgate.dev/registry-port';
export const REGISTRY = 'registry.sandgate.test';
const NODE = { apiVersion: 'v1', kind: 'Node', name: NAME };
/** A minute where nobody else needs the processor. */
const READY_WITHIN_MS = 600_000;
const MEMORY_MEBIBYTES = 6144;

export interface RunningNode {
  readonly name: string;
  /** The last lines of the machine's console. */
  consoleTail(): string;
  /** Resolves when the machine has turned itself off, which it does after two hours, in case that it was forgotten. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts a scheduler and a node and resolves when the node is ready for pods. Whatever way this process ends, both go with it.
 *
 * @throws Error with the end of the machine's console where it does not get ready
 */
export async function startNode(plane: ControlPlane, parts: NodeParts): Promise<RunningNode> {
  const folder = mkdtempSync(join(tmpdir(), 'sandgate-node-'));
  const guard = startGuard(folder);
  try {
    const [port = 0, registryPort = 0] = await freePorts(2);
    const archive = join(folder, 'start.tar');
    writeFileSync(archive, await startArchive(plane, port, registryPort), { mode: 0o600 });
    const scheduler = await startPart({
      name: 'kube-scheduler',
      file: parts.programs.kubeScheduler,
      args: [`--kubeconfig=${plane.kubeconfig()}`, '--leader-elect=false', '--secure-port=0'],
      folder,
      guard,
    });
    const command = await machineCommand({
      ...parts,
      disk: join(parts.disk, 'disk.raw'),
      keep: false,
      archive,
      initramfs: join(parts.disk, 'initramfs'),
      memoryMebibytes: MEMORY_MEBIBYTES,
      ports: [port],
    });
    const machine = await startPart({ name: 'machine', ...command, folder, guard });
    const console = join(folder, 'machine.log');
    await untilReady(machine, () => isReady(plane, console), READY_WITHIN_MS);
    await makeSchedulable(plane);
    return {
      name: NAME,
      consoleTail: () => machine.logTail(),
      ended: machine.ended,
      async stop() {
        await Promise.all([machine, scheduler].map((part: Part) => part.kill()));
        await guard.close();
      },
    };
  } catch (error) {
    await guard.close();
    throw error;
  }
}

async function isReady(plane: ControlPlane, console: string): Promise<boolean> {
  const failed = /SANDGATE failed: .*/.exec(readFileSync(console, 'utf8'))?.[0];
  if (failed !== undefined) throw new Error(failed);
  const { status, body } = await plane.admin.request('GET', `/api/v1/nodes/${NAME}`);
  if (status !== 200) return false;
  const ready = listAt(body, 'status', 'conditions').find((condition) => at(condition, 'type') === 'Ready');
  const hasDevice = at(body, 'status', 'allocatable', 'squat.ai/tun') === '16';
  return at(ready, 'status') === 'True' && hasDevice;
}

/** Takes off the taint that a node begins with: the controller that would is not part of the bench. */
async function makeSchedulable(plane: ControlPlane): Promise<void> {
  const take = async (): Promise<boolean> => {
    const { body } = await expectOk(plane.admin.get(NODE));
    if (listAt(body, 'spec', 'taints').length === 0) return true;
    await expectOk(plane.admin.patch(NODE, { spec: { taints: null } }, 'merge'));
    return false;
  };
  await waitFor(take, { within: 30_000, what: 'the node has no taint' });
}

async function startArchive(plane: ControlPlane, port: number, registryPort: number): Promise<Buffer> {
  // As on GKE's nodes with gVisor, whose label a shipped policy asks for.
  const labels = { [TEST_NODE_LABEL]: true, [REGISTRY_PORT_LABEL]: registryPort, 'sandbox.gke.io/runtime': 'gvisor' };
  const settings = {
    NODE_NAME: NAME,
    NODE_LABELS: Object.entries(labels)
      .map(([name, value]) => `${name}=${value}`)
      .join(','),
    API_PORT: new URL(plane.url).port,
    API_ADDRESS: SERVICE_ADDRESS,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  const files: Record<string, string> = {
    ...(await nodeFiles('run')),
    'etc/node/settings': lines.join(''),
    [`etc/containerd/certs.d/${REGISTRY}/hosts.toml`]: `server = "http://${OUTSIDE}:${registryPort}"\n`,
    'etc/node/kubeconfig': kubeconfig(plane),
    'etc/node/kubelet.yaml': JSON.stringify(kubeletConfiguration(port), undefined, 2),
    'var/lib/kubelet/seccomp/profiles/boundary.json': JSON.stringify(BOUNDARY_PROFILE),
  };
  const blocks = Object.entries(files).map(([path, content]) => entryBlocks({ path, content, mode: 0o600 }));
  return Buffer.concat([...blocks, END_OF_ARCHIVE]);
}

/**
 * In the place of what nodes get for Coder's boundary: namespaces can be made, and much of what no jail needs is refused. That a
 * profile of this name is used shows in that `mount` is refused.
 */
const BOUNDARY_PROFILE = {
  defaultAction: 'SCMP_ACT_ALLOW',
  architectures: ['SCMP_ARCH_X86_64'],
  syscalls: [
    { names: ['mount', 'umount2', 'pivot_root', 'bpf', 'kexec_load', 'open_by_handle_at'], action: 'SCMP_ACT_ERRNO' },
  ],
};

/** The admin's, at the address by which the machine reaches the API server; its certificate is for loopback. */
function kubeconfig(plane: ControlPlane): string {
  const config: unknown = JSON.parse(readFileSync(plane.kubeconfig(), 'utf8'));
  const cluster = at(config, 'clusters', 0, 'cluster');
  if (typeof cluster !== 'object' || cluster === null) throw new Error('a kubeconfig without a cluster');
  Object.assign(cluster, { server: plane.url.replace('127.0.0.1', OUTSIDE), 'tls-server-name': 'localhost' });
  return JSON.stringify(config);
}

function kubeletConfiguration(port: number): object {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    cgroupDriver: 'cgroupfs',
    containerRuntimeEndpoint: 'unix:///run/containerd.sock',
    // The port is reached from loopback only, and from the pods of the machine.
    authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
    authorization: { mode: 'AlwaysAllow' },
    address: '0.0.0.0',
    port,
    resolvConf: '/etc/resolv.conf',
    volumePluginDir: '/var/lib/kubelet/plugins',
    evictionHard: { 'memory.available': '100Mi', 'nodefs.available': '1%', 'imagefs.available': '1%' },
    // Without these two, tests wait for up to a minute.
    syncFrequency: '10s',
    nodeStatusUpdateFrequency: '5s',
    // Services have no proxy here, and nothing else of the machine needs rules.
    makeIPTablesUtilChains: false,
    // What the images on the disk are used for must not be what they are removed for.
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
    failSwapOn: false,
    // As it is by default; a test turns it on.
    seccompDefault: false,
  };
}
