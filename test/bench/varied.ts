// One review as many: other names, uids, images and values each time, as the pods of a cluster differ. A server that
// remembers answers must not look faster than it is because the same bytes come again.
import { isJsonObject, type JsonObject } from '../../src/model/json.ts';

/** Fields whose text is a name, an image or a value of the user's own. */
const VARIED: ReadonlySet<string> = new Set(['uid', 'name', 'image', 'value', 'username']);
/** In these, names are names of something else that has to stay as it is. */
const KEPT: ReadonlySet<string> = new Set([
  'kind',
  'resource',
  'requestKind',
  'requestResource',
  'volumeMounts',
  'volumes',
]);

const MOST_BODIES = 500;
/** Of all bodies together. */
const MOST_CHARACTERS = 16 * 1024 * 1024;

/** As many bodies as are worth having, each about another object. They are judged alike. */
export function bodiesOf(review: JsonObject): readonly string[] {
  const count = Math.ceil(MOST_CHARACTERS / JSON.stringify(review).length);
  return Array.from({ length: Math.min(MOST_BODIES, count) }, (_, index) =>
    JSON.stringify(varied(review, String(index))),
  );
}

function varied(object: JsonObject, suffix: string): JsonObject {
  const copy: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(object))
    copy[key] = KEPT.has(key) ? value : variedValue(key, value, suffix);
  return copy;
}

function variedValue(key: string, value: unknown, suffix: string): unknown {
  if (Array.isArray(value)) return value.map((member) => variedValue('', member, suffix));
  if (isJsonObject(value)) return varied(value, suffix);
  if (typeof value !== 'string' || !VARIED.has(key) || value === '') return value;
  return `${value}-${suffix}`;
}
