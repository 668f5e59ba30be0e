// Semantic versions. Sources: k8s.io/apiserver/pkg/cel/library/semverlib.go, version 1, which Kubernetes has since 1.33;
// github.com/blang/semver/v4, which reads them more strictly than npm's package.
import { parse, type SemVer } from 'semver';
import { Failure } from '../run/budget.ts';
import { Opaque } from '../values/value.ts';
import { type Arguments, boolAt, boxedAt, textAt } from './arguments.ts';
import { fn, type Library, method } from './function.ts';

/** A version. What is behind `+` does not count when versions are compared. */
export class Version extends Opaque {
  readonly kind = 'semver';
  readonly version: SemVer;

  constructor(version: SemVer) {
    super();
    this.version = version;
  }

  get identity(): string {
    return this.version.version;
  }
}

const STRICT = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/;
const LONGEST = 256;

/** @param normalize `v1.2` is then 1.2.0, and zeros before a number are left out */
function parseVersion(text: string, normalize: boolean): Version | undefined {
  const written = normalize && text.length <= LONGEST ? normalized(text) : text;
  if (written === undefined || !STRICT.test(written)) return undefined;
  const version = parse(written);
  return version ? new Version(version) : undefined;
}

/** Source: `normalizeAndParse` in semverlib.go. */
function normalized(text: string): string | undefined {
  const [major = '', minor, ...rest] = text.replace(/^v/, '').split('.');
  const parts = minor === undefined ? [major] : rest.length === 0 ? [major, minor] : [major, minor, rest.join('.')];
  const trimmed = parts.map((part) =>
    part.length > 1 ? part.replace(/^0+(?=\d)/, '').replace(/^0+(?=\D)/, '0') : part,
  );
  const last = trimmed.at(-1) ?? '';
  if (trimmed.length < 3 && /[+-]/.test(last)) return undefined;
  while (trimmed.length < 3) trimmed.push('0');
  return trimmed.join('.');
}

function read(args: Arguments, normalize: boolean): Version {
  const version = parseVersion(textAt(args, 0), normalize);
  if (version === undefined) throw new Failure('the text is not a semantic version such as 1.2.3');
  return version;
}

function versionAt(args: Arguments, index: number): SemVer {
  return boxedAt(args, index, Version).version;
}

function order(args: Arguments): bigint {
  return BigInt(versionAt(args, 0).compare(versionAt(args, 1)));
}

export const SEMVERS: Library = [
  fn('semver(string): semver', (args) => read(args, false)),
  fn('semver(string, bool): semver', (args) => read(args, boolAt(args, 1))),
  fn('isSemver(string): bool', (args) => parseVersion(textAt(args, 0), false) !== undefined),
  fn('isSemver(string, bool): bool', (args) => parseVersion(textAt(args, 0), boolAt(args, 1)) !== undefined),
  method('semver', 'major(): int', (args) => BigInt(versionAt(args, 0).major)),
  method('semver', 'minor(): int', (args) => BigInt(versionAt(args, 0).minor)),
  method('semver', 'patch(): int', (args) => BigInt(versionAt(args, 0).patch)),
  method('semver', 'isGreaterThan(semver): bool', (args) => order(args) > 0n),
  method('semver', 'isLessThan(semver): bool', (args) => order(args) < 0n),
  method('semver', 'compareTo(semver): int', order),
];
