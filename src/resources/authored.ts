// What of an object of ours is judged, an IsolationPolicy or a CapabilityClass: what its author wrote, without what the API
// server adds.
import { ownField } from '../model/json.ts';

/**
 * The document inside an object: apiVersion, kind, the name and the spec. Labels and annotations are left to the API
 * server, which has checked them: others write them too, without a new generation, and no tool's note on an object
 * may put it out of force.
 */
export function authoredPart(object: unknown): unknown {
  const picked: Record<string, unknown> = {};
  for (const key of ['apiVersion', 'kind', 'spec']) {
    const value = ownField(object, key);
    if (value !== undefined) picked[key] = value;
  }
  const name = ownField(ownField(object, 'metadata'), 'name');
  return { ...picked, metadata: name === undefined ? {} : { name } };
}
