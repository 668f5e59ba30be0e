// Where a Job, and the Job inside of a CronJob, say how long they are kept.
import { isJsonObject, type JsonObject, ownField } from '../../model/json.ts';

/** The keys that lead to the spec of the Job, by kind. */
const JOB_SPECS: ReadonlyMap<string, readonly string[]> = new Map([
  ['Job.batch', ['spec']],
  ['CronJob.batch', ['spec', 'jobTemplate', 'spec']],
]);

const FIELD = 'ttlSecondsAfterFinished';

/** The kinds that have the field. */
export const KINDS_WITH_TTL: readonly string[] = [...JOB_SPECS.keys()];

/** The path of the field, and what stands there; undefined for kinds that do not have it. */
export function ttlOf(
  kind: string,
  object: JsonObject,
): { readonly path: string; readonly value: unknown } | undefined {
  const keys = JOB_SPECS.get(kind);
  if (keys === undefined) return undefined;
  let spec: unknown = object;
  for (const key of keys) spec = ownField(spec, key);
  return { path: [...keys, FIELD].join('.'), value: ownField(spec, FIELD) };
}

/** The object with the field set, copied along the path; the same one where there is no spec to set it in. */
export function withTtl(kind: string, object: JsonObject, seconds: number): JsonObject {
  const keys = JOB_SPECS.get(kind);
  return keys === undefined ? object : withMember(object, keys, seconds);
}

function withMember(object: JsonObject, [key, ...rest]: readonly string[], seconds: number): JsonObject {
  if (key === undefined) return { ...object, [FIELD]: seconds };
  const member = ownField(object, key);
  if (!isJsonObject(member)) return object;
  const filled = withMember(member, rest, seconds);
  return filled === member ? object : { ...object, [key]: filled };
}
