// Labels of objects whose shape nobody has checked.
import { isJsonObject } from '../model/json.ts';
import type { StringMap } from './pod.ts';

/** The entries whose values are strings; none for anything that is not an object. */
export function labelsOf(value: unknown): StringMap {
  if (!isJsonObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, text]) => (typeof text === 'string' ? [[key, text] as const] : [])),
  );
}
