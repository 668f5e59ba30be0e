// The recorded reviews of test/reviews, and variations on them.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isJsonObject, type JsonObject, ownField } from '../../src/model/json.ts';

const FOLDER = join(import.meta.dirname, '../reviews');

/** Their names, without `.json`. */
export function recordedNames(): string[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length))
    .toSorted();
}

/** A recorded review, as an API server sent it. */
export function recordedReview(name: string): JsonObject {
  return parseObject(readFileSync(join(FOLDER, `${name}.json`), 'utf8'));
}

/** The text as a JSON object; throws where it is none. */
export function parseObject(text: string): JsonObject {
  const value: unknown = JSON.parse(text);
  if (!isJsonObject(value)) throw new Error('expected an object');
  return value;
}

/** The review with some fields of its request replaced. */
export function withRequest(review: JsonObject, fields: JsonObject): JsonObject {
  const request = ownField(review, 'request');
  return { ...review, request: { ...(isJsonObject(request) ? request : {}), ...fields } };
}

/** The object a review is about. */
export function objectOf(review: JsonObject): unknown {
  return ownField(ownField(review, 'request'), 'object');
}
