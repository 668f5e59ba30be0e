// The Go programs of this folder, which are upstream's own code: built into the cache when first asked for.
import { execFile } from 'node:child_process';
import { delimiter } from 'node:path';
import { promisify } from 'node:util';
import { buildGo, findGo } from '../cluster/control-plane/go-build.ts';

const FOLDER = import.meta.dirname;
const UPSTREAM = 'k8s.io/pod-security-admission';

/** The path of `oracle` (upstream's evaluator) or `admission` (its whole webhook). */
export async function buildProgram(name: 'oracle' | 'admission'): Promise<string> {
  const coldSeconds = { oracle: 60, admission: 90 };
  return builtAs(await buildGo({ folder: FOLDER, packages: [`./${name}`], ldflags: '-s -w', coldSeconds }), name);
}

/** The path of upstream's harness, as a compiled test. */
export async function buildHarness(): Promise<string> {
  const harness = { folder: FOLDER, packages: ['./harness'], test: true, coldSeconds: { harness: 120 } };
  return builtAs(await buildGo(harness), 'harness');
}

/** The folder of upstream's module on this machine; downloaded where it is not there. */
export async function upstreamFolder(): Promise<string> {
  const go = findGo([...(process.env.PATH ?? '').split(delimiter), '/usr/local/go/bin']);
  const run = promisify(execFile);
  await run(go, ['mod', 'download', UPSTREAM], { cwd: FOLDER });
  const { stdout } = await run(go, ['list', '-m', '-f', '{{.Dir}}', UPSTREAM], { cwd: FOLDER });
  return stdout.trim();
}

function builtAs(built: Readonly<Record<string, string>>, name: string): string {
  const path = built[name];
  if (path === undefined) throw new Error(`the build made no ${name}`);
  return path;
}
