// Semantic versions. Sources: k8s.io/apiserver/pkg/cel/library/semverlib.go, version 1, which Kubernetes has since 1.33;
// github.com/blang/semver/v4, which reads them more strictly than npm's package.
import { parse as parseSemver, type SemVer } from 'semver';
import { type Budget, Failure } from '../run/budget.ts';
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
  const version = parseSemver(written);
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

/** Reading a version takes as long as a few calls. */
const PARSE_COST = 5;

function parse(args: Arguments, normalize: boolean, budget: Budget): Version | undefined {
  budget.charge(PARSE_COST);
  return parseVersion(textAt(args, 0), normalize);
}

function read(args: Arguments, normalize: boolean, budget: Budget): Version {
  const version = parse(args, normalize, budget);
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
  fn('semver(string): semver', (args, budget) => read(args, false, budget)),
  fn('semver(string, bool): semver', (args, budget) => read(args, boolAt(args, 1), budget)),
  fn('isSemver(string): bool', (args, budget) => parse(args, false, budget) !== undefined),
  fn('isSemver(string, bool): bool', (args, budget) => parse(args, boolAt(args, 1), budget) !== undefined),
  method('semver', 'major(): int', (args) => BigInt(versionAt(args, 0).major)),
  method('semver', 'minor(): int', (args) => BigInt(versionAt(args, 0).minor)),
  method('semver', 'patch(): int', (args) => BigInt(versionAt(args, 0).patch)),
  method('semver', 'isGreaterThan(semver): bool', (args) => order(args) > 0n),
  method('semver', 'isLessThan(semver): bool', (args) => order(args) < 0n),
  method('semver', 'compareTo(semver): int', order),
];
