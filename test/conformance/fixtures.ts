// The pods that upstream keeps as examples of what passes and fails each check, level and version.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { isJsonObject, type JsonObject } from '../../src/model/json.ts';
import { type PodSecurityVersion, parseVersion } from '../../src/pod-security/standard.ts';
import { upstreamFolder } from './programs.ts';

export interface Fixture {
  /** `restricted/v1.37/fail/runasuser0.yaml`. */
  readonly file: string;
  readonly level: 'baseline' | 'restricted';
  readonly version: PodSecurityVersion;
  readonly passes: boolean;
  readonly pod: JsonObject;
}

const FILE = /^(?<level>baseline|restricted)\/(?<version>v1\.\d+)\/(?<outcome>pass|fail)\/[^/]+\.yaml$/;
/** What stands beside them. */
const NO_FIXTURES = ['README.md'];

/** All of them, as their files have them. Throws on a file whose place says nothing. */
export async function readFixtures(): Promise<readonly Fixture[]> {
  const root = join(await upstreamFolder(), 'test/testdata');
  const files = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !NO_FIXTURES.includes(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
  return files.toSorted().map((file) => readFixture(root, file));
}

function readFixture(root: string, file: string): Fixture {
  const { level, version, outcome } = FILE.exec(file)?.groups ?? {};
  const parsed = version === undefined ? undefined : parseVersion(version);
  if ((level !== 'baseline' && level !== 'restricted') || !parsed) throw new Error(`not a fixture: ${file}`);
  const pod: unknown = parse(readFileSync(join(root, file), 'utf8'));
  if (!isJsonObject(pod)) throw new Error(`not a pod: ${file}`);
  return { file, level, version: parsed, passes: outcome === 'pass', pod };
}
