// What of an object of ours is judged: what its author wrote, without what the API server adds.
import { isJsonObject, ownField } from '../model/json.ts';
import type { OwnKind } from './kind.ts';

/**
 * The document inside an object: apiVersion, kind, the name (and the namespace, of kinds that have one) and the spec.
 * Labels and annotations are left to the API server, which has checked them: other tools write them too, without a new
 * generation, and that must not put an object out of force.
 */
export function authoredPart(object: unknown, scope: OwnKind['scope']): unknown {
  const names = scope === 'Namespaced' ? ['name', 'namespace'] : ['name'];
  const metadata = picked(ownField(object, 'metadata'), names);
  return { ...picked(object, ['apiVersion', 'kind', 'spec']), metadata };
}

function picked(object: unknown, keys: readonly string[]): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  if (!isJsonObject(object)) return found;
  for (const key of keys) {
    const value = ownField(object, key);
    if (value !== undefined) found[key] = value;
  }
  return found;
}
