// Proves that the built bundle works on its own: copied to an empty folder without node_modules, it judges a manifest
// offline and answers reviews over TLS.
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { isJsonObject, ownField } from '../src/model/json.ts';

const root = resolve(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'sandgate-smoke-'));

try {
  for (const part of ['bin', 'dist', 'policies', 'package.json'])
    cpSync(join(root, part), join(folder, part), { recursive: true });
  passesOnLicences();
  judgesOffline();
  isALibrary();
  await answersReviews();
  process.stdout.write('smoke: the bundle judges manifests and answers reviews\n');
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function sandgate(...args: string[]): string[] {
  return [join(folder, 'bin/sandgate.js'), ...args];
}

function passesOnLicences(): void {
  const notices = readFileSync(join(folder, 'dist/THIRD-PARTY-NOTICES.txt'), 'utf8');
  const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const dependencies = ownField(manifest, 'dependencies');
  if (!isJsonObject(dependencies)) throw new Error('package.json has no dependencies');
  for (const name of Object.keys(dependencies)) {
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
  const consumer = join(folder, 'consumer');
  mkdirSync(join(consumer, 'node_modules'), { recursive: true });
  symlinkSync(folder, join(consumer, 'node_modules/sandgate'));
  writeFileSync(join(consumer, 'package.json'), '{ "type": "module" }');
  writeFileSync(
    join(consumer, 'index.ts'),
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
  execFileSync(process.execPath, [compiler, ...types, ...typeRoots, 'index.ts'], { cwd: consumer, stdio: 'inherit' });
  const policy = readFileSync(join(folder, 'policies/restricted/policy.yaml'), 'utf8');
  const pod =
    '{ apiVersion: v1, kind: Pod, metadata: { name: a }, spec: { hostPID: true, containers: [{ name: a }] } }';
  const verdict = execFileSync(process.execPath, ['index.ts', policy, pod], { cwd: consumer, encoding: 'utf8' });
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
