// Go programs of other projects, built from the module that the proxy serves: with the versions and the checksums of their own
// go.mod and go.sum, as their releases are.
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import { stringField } from '../../../src/model/json.ts';
import { buildGo, findGo } from '../../cluster/control-plane/go-build.ts';
import { parseObject } from '../../support/reviews.ts';

export interface Program {
  /** As `path@version`. */
  readonly module: string;
  /** Inside of it, such as `./cmd/webhook`. */
  readonly package: string;
  readonly name: string;
  /** Of a build with nothing compiled, on two cores. */
  readonly coldSeconds: number;
}

/** The folder of a module's sources, in Go's own cache; fetched where it is not there yet. */
export async function moduleFolder(module: string): Promise<string> {
  const { stdout } = await promisify(execFile)(findGo(), ['mod', 'download', '-json', module], { cwd: tmpdir() });
  const folder = stringField(parseObject(stdout), 'Dir');
  if (folder === undefined) throw new Error(`go mod download ${module} named no folder`);
  return folder;
}

/** Where the program is; built now, into `peers` beside the programs of the cluster tests, where it must be. */
export async function buildProgram(program: Program): Promise<string> {
  const built = await buildGo({
    folder: await moduleFolder(program.module),
    packages: [program.package],
    names: { [program.package]: program.name },
    ldflags: '-s -w',
    cache: 'peers',
    coldSeconds: { [program.name]: program.coldSeconds },
  });
  const path = built[program.name];
  if (path === undefined) throw new Error(`the build made no ${program.name}`);
  return path;
}
