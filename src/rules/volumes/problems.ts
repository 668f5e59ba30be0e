// What the schema cannot say about the parameters of the rule `volumes`: rows that can match nothing or are refused anyway.
import { isWithin, normalisePath } from '../../kubernetes/file-path.ts';
import { nanosOf } from '../../kubernetes/quantity.ts';
import type { ParameterProblem } from '../rule.ts';
import { blockedPatterns } from './blocked.ts';
import { isNeverAllowed, NEVER } from './never-allowed.ts';
import type { VolumeParameters } from './parameters.ts';

export function volumeProblems(volumes: VolumeParameters): readonly ParameterProblem[] {
  return [
    ...hostPathProblems(volumes),
    ...(volumes.nfs ?? []).flatMap(({ path }, index) => pathProblems(['nfs', String(index), 'path'], path)),
    ...(volumes.claims ?? []).flatMap(({ name }, index) => nameProblems(['claims', String(index), 'name'], name)),
    ...(volumes.secrets ?? []).flatMap((name, index) => nameProblems(['secrets', String(index)], name)),
    ...(volumes.configMaps ?? []).flatMap((name, index) => nameProblems(['configMaps', String(index)], name)),
    ...blockedProblems(volumes),
    ...(volumes.readOnlyMountPaths ?? []).flatMap((path, index) =>
      pathProblems(['readOnlyMountPaths', String(index)], path),
    ),
    ...emptyDirProblems(volumes),
    ...typeProblems(volumes),
  ];
}

function error(keys: readonly string[], message: string): ParameterProblem {
  return { keys, message, severity: 'error' };
}

/** Paths are compared without `.`, `..` and empty parts, and written so. */
function pathProblems(keys: readonly string[], path: string): readonly ParameterProblem[] {
  const plain = normalisePath(path);
  return plain === path ? [] : [error(keys, `"${path}" can match nothing: write ${plain}`)];
}

function hostPathProblems({ hostPaths = [] }: VolumeParameters): readonly ParameterProblem[] {
  return hostPaths.flatMap(({ path, below, readOnly, recursiveReadOnly, types, mountPaths = [] }, index) => {
    const keys = ['hostPaths', String(index)];
    const problems = [...pathProblems([...keys, 'path'], path)];
    // A folder that holds one of these paths cannot be mounted, but what else is below it can.
    const inside = NEVER.some((never) => isWithin(normalisePath(path), never));
    if (inside || (isNeverAllowed(path) && !below)) {
      problems.push(error([...keys, 'path'], `"${path}" is never allowed: a container that has it is the node`));
    }
    if (recursiveReadOnly && !readOnly) {
      problems.push(error([...keys, 'recursiveReadOnly'], 'holds nothing without readOnly: true'));
    }
    if (types?.length === 0) problems.push(error([...keys, 'types'], 'allows no type, and so no volume'));
    for (const [at, pattern] of mountPaths.entries()) {
      // Of a pattern, what its wildcards do not stand for.
      if (!/[*?]/.test(pattern)) problems.push(...pathProblems([...keys, 'mountPaths', String(at)], pattern));
    }
    return problems;
  });
}

/** Names of objects: lower-case letters, digits, dashes and dots. */
const NAME = /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/;

function nameProblems(keys: readonly string[], pattern: string): readonly ParameterProblem[] {
  // If some name matches the pattern, then the pattern with a digit for every wildcard is a name too.
  if (NAME.test(pattern.replaceAll(/[*?]/g, '0'))) return [];
  return [error(keys, `"${pattern}" can match nothing: it is neither the name of an object nor a pattern for one`)];
}

function blockedProblems({ blockedPaths }: VolumeParameters): readonly ParameterProblem[] {
  if (blockedPaths === undefined) return [];
  if (blockedPatterns(blockedPaths).length === 0) {
    return [error(['blockedPaths'], 'blocks nothing: name patterns, or lists: [nanoclaw]')];
  }
  const contains = blockedPaths.match === 'Contains';
  return (blockedPaths.patterns ?? []).flatMap((pattern, index) => {
    const keys = ['blockedPaths', 'patterns', String(index)];
    if (contains && /[*?]/.test(pattern)) return [error(keys, `"${pattern}" is a pattern: Contains takes plain text`)];
    if (contains || !pattern.includes('/')) return [];
    return [error(keys, `"${pattern}" can match nothing: it is compared with one part of a path at a time`)];
  });
}

function emptyDirProblems({ emptyDir }: VolumeParameters): readonly ParameterProblem[] {
  if (emptyDir === undefined) return [];
  const { maxSize, defaultSize } = emptyDir;
  const problems: ParameterProblem[] = [];
  const [most, size] = [nanosOf(maxSize), nanosOf(defaultSize)];
  if (most === 0n) problems.push(error(['emptyDir', 'maxSize'], 'allows no volume: a sizeLimit of 0 is none'));
  if (size === 0n)
    problems.push(
      error(['emptyDir', 'defaultSize'], 'does not limit anything: Kubernetes takes a sizeLimit of 0 for none'),
    );
  if (most !== undefined && size !== undefined && size > most) {
    problems.push(error(['emptyDir', 'defaultSize'], `is refused by the same rule: maxSize is ${maxSize ?? ''}`));
  }
  return problems;
}

/** The keys about some types of volumes, which decide nothing where none of these is allowed. */
const TYPES_OF = [
  ['hostPaths', ['hostPath']],
  ['nfs', ['nfs']],
  ['claims', ['persistentVolumeClaim', 'ephemeral']],
  ['csiDrivers', ['csi']],
  ['configMaps', ['configMap', 'projected']],
  ['emptyDir', ['emptyDir']],
] as const;

function typeProblems(volumes: VolumeParameters): readonly ParameterProblem[] {
  const { allowedTypes } = volumes;
  if (allowedTypes === undefined) return [];
  return TYPES_OF.flatMap(([key, types]) => {
    const given = volumes[key];
    const isUsed = Array.isArray(given) ? given.length > 0 : given !== undefined;
    if (!isUsed || types.some((type) => allowedTypes.includes(type))) return [];
    const message = `decides nothing: allowedTypes does not list ${types.join(' or ')}`;
    return [{ keys: [key], message, severity: 'warning' }];
  });
}
