// Proves that the package works as others get it: packed, installed in an empty folder without a registry, it judges manifests,
// answers reviews over TLS, and can be imported. Run `npm run build` first.
import { execFileSync, spawn } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'sandgate-smoke-'));
const installed = join(folder, 'node_modules/sandgate');

try {
  install();
  bringsNothingElse();
  passesOnLicences();
  judgesOffline();
  isALibrary();
  await answersReviews();
  process.stdout.write('smoke: the installed package judges manifests, answers reviews and can be imported\n');
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Without the scripts of the package: `prepack` would build what was built already. */
function install(): void {
  const packed = join(folder, 'packed');
  mkdirSync(packed);
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  npm(root, 'pack', '--ignore-scripts', '--pack-destination', packed);
  npm(
    folder,
    'install',
    '--offline',
    '--no-audit',
    '--no-fund',
    ...readdirSync(packed).map((file) => join(packed, file)),
  );
}

function npm(cwd: string, ...args: string[]): void {
  execFileSync('npm', [...args, '--loglevel', 'error'], { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
}

/** No dependencies, and no Node: one in `node_modules/.bin` would replace the one that the scripts of a project run with. */
function bringsNothingElse(): void {
  const packages = readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'));
  if (packages.join() !== 'sandgate') throw new Error(`more was installed than sandgate: ${packages.join(', ')}`);
  const commands = readdirSync(join(folder, 'node_modules/.bin')).filter((name) => !name.includes('sandgate'));
  if (commands.length > 0) throw new Error(`commands of other names: ${commands.join(', ')}`);
}

function sandgate(...args: string[]): string[] {
  return [join(installed, 'bin/sandgate.js'), ...args];
}

/** Of each package that the sources import. */
function passesOnLicences(): void {
  const notices = readFileSync(join(installed, 'dist/THIRD-PARTY-NOTICES.txt'), 'utf8');
  const sources = globSync('src/**/*.ts', { cwd: root }).map((file) => readFileSync(join(root, file), 'utf8'));
  const imports = sources.flatMap((text) => [
    ...text.matchAll(/\bimport (?!type\b)[^;]* from '((?:@[a-z0-9-]+\/)?[a-z][a-z0-9-]*)['/]/g),
  ]);
  const names = new Set(imports.map(([, name = '']) => name));
  if (!names.has('fastify')) throw new Error('the imports of the sources were not found');
  for (const name of names) {
    if (!notices.includes(`${name} `)) throw new Error(`the licence of ${name} is not passed on`);
  }
}

function judgesOffline(): void {
  const version = execFileSync(process.execPath, sandgate('version'), { encoding: 'utf8' });
  if (!version.startsWith('sandgate ')) throw new Error(`unexpected version: ${version}`);
  const manifest = join(folder, 'pod.yaml');
  writeFileSync(
    manifest,
    'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: app, image: nginx}]}\n',
  );
  execFileSync(process.execPath, sandgate('check', '-p', 'agents', '-f', manifest), { stdio: 'inherit' });
}

/** As a program that has installed the package uses it: with its types, and from where package.json says. */
function isALibrary(): void {
  writeFileSync(
    join(folder, 'index.ts'),
    `import { check, loadPolicies, type CheckReport } from 'sandgate';
const loaded = loadPolicies([{ file: 'p.yaml', text: process.argv[2] ?? '' }]);
if (!loaded.ok) throw new Error(loaded.problems[0]?.message);
const report: CheckReport = check([{ file: 'a.yaml', text: process.argv[3] ?? '' }], loaded.policies);
process.stdout.write(report.results[0]?.verdict ?? 'nothing');
`,
  );
  const types = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024', '--lib', 'es2024'];
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const typeRoots = ['--typeRoots', join(root, 'node_modules/@types'), '--types', 'node'];
  execFileSync(process.execPath, [compiler, ...types, ...typeRoots, 'index.ts'], { cwd: folder, stdio: 'inherit' });
  const policy = readFileSync(join(installed, 'policies/restricted/policy.yaml'), 'utf8');
  const pod =
    '{ apiVersion: v1, kind: Pod, metadata: { name: a }, spec: { hostPID: true, containers: [{ name: a }] } }';
  const verdict = execFileSync(process.execPath, ['index.ts', policy, pod], { cwd: folder, encoding: 'utf8' });
  if (verdict !== 'denied') throw new Error(`the library did not deny the pod: ${verdict}`);
}

async function answersReviews(): Promise<void> {
  const server = spawn(
    process.execPath,
    sandgate('serve', '--dev-cert', '--port', '0', '-p', 'agents', 'baseline', 'restricted', 'docker'),
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  try {
    const line = await firstCurlLine(server.stdout, server.stderr);
    const printed = execFileSync('sh', ['-c', line], { encoding: 'utf8' });
    if (!printed.includes('add /spec/securityContext ')) throw new Error(`the bare pod was not completed: ${printed}`);
    if (!printed.includes('is forbidden: violates PodSecurity'))
      throw new Error(`the unsafe pod was not refused: ${printed}`);
  } finally {
    server.kill('SIGTERM');
    await new Promise((done) => server.once('exit', done));
  }
}

function firstCurlLine(...streams: NodeJS.ReadableStream[]): Promise<string> {
  return new Promise((found, failed) => {
    const timer = setTimeout(() => failed(new Error('the server printed no curl line within 20 s')), 20_000);
    for (const stream of streams) {
      let text = '';
      stream.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        const line = text
          .split('\n')
          .find((candidate, index, all) => index < all.length - 1 && candidate.includes('curl '));
        if (line === undefined) return;
        clearTimeout(timer);
        found(line.slice(line.indexOf('curl ')));
      });
    }
  });
}
