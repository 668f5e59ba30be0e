// The levels a namespace asks for with its pod-security.kubernetes.io labels, read exactly as the API server's own
// PodSecurity admission reads them.

import type { StringMap } from '../kubernetes/pod.ts';
import type { Action } from '../model/finding.ts';
import { POD_SECURITY_LABEL_PREFIX } from '../model/names.ts';
import { isStricter, LEVELS, type Level, type PodSecurityVersion, parseVersion } from '../pod-security/standard.ts';

/** A level at a version. */
export interface LevelVersion {
  readonly level: Level;
  readonly version: PodSecurityVersion;
}

/** What a namespace demands, by what happens to a pod that falls short. */
export interface NamespaceLevels extends Readonly<Record<Action, LevelVersion>> {
  /** Labels that could not be understood, as sentences. */
  readonly errors: readonly string[];
}

/** A level as messages name it: `PodSecurity "restricted:latest"`. */
export function podSecurityRule({ level, version }: LevelVersion): string {
  return `PodSecurity "${level}:${version}"`;
}

const cache = new WeakMap<StringMap, NamespaceLevels>();

/**
 * Reads the labels `enforce`, `audit`, `warn` and their `-version`s. Unset means privileged, latest. A bad enforce level
 * fails closed to restricted; bad audit and warn levels fail open to privileged; a bad version means latest. Where
 * enforce is set and stricter than warn, and warn is not set, warn follows enforce: whoever creates a Deployment in the
 * namespace hears about it.
 */
export function namespaceLevels(labels: StringMap): NamespaceLevels {
  const known = cache.get(labels);
  if (known) return known;
  const errors: string[] = [];
  const enforce = readMode(labels, 'enforce', 'restricted', errors);
  const audit = readMode(labels, 'audit', 'privileged', errors);
  let warn = readMode(labels, 'warn', 'privileged', errors);
  // Not where the enforce level could not be read: upstream then does not warn about the level that takes its place.
  const enforced = LEVELS.some((level) => level === label(labels, 'enforce'));
  if (enforced && label(labels, 'warn') === undefined && isStricter(enforce.level, warn.level)) {
    warn = {
      level: enforce.level,
      version: label(labels, 'warn-version') === undefined ? enforce.version : warn.version,
    };
  }
  const levels = { Deny: enforce, Audit: audit, Warn: warn, errors };
  cache.set(labels, levels);
  return levels;
}

function readMode(labels: StringMap, mode: string, fallback: Level, errors: string[]): LevelVersion {
  const levelText = label(labels, mode);
  const versionText = label(labels, `${mode}-version`);
  let level: Level = 'privileged';
  if (levelText !== undefined) {
    const found = LEVELS.find((name) => name === levelText);
    if (!found) errors.push(invalid(mode, levelText, `must be one of ${LEVELS.join(', ')}`));
    level = found ?? fallback;
  }
  let version: PodSecurityVersion = 'latest';
  if (versionText !== undefined) {
    const found = parseVersion(versionText);
    if (!found) errors.push(invalid(`${mode}-version`, versionText, 'must be "latest" or "v1.x"'));
    version = found ?? 'latest';
  }
  return { level, version };
}

function label(labels: StringMap, name: string): string | undefined {
  const key = POD_SECURITY_LABEL_PREFIX + name;
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}

function invalid(name: string, value: string, expected: string): string {
  return `metadata.labels[${POD_SECURITY_LABEL_PREFIX}${name}]: Invalid value: ${JSON.stringify(value)}: ${expected}`;
}
