// What the author of an object of ours wrote, without what the API server adds.
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

/** What the API server writes into the metadata of every object, and ignores or overwrites in what a client sends. */
const SERVER_METADATA: ReadonlySet<string> = new Set([
  'creationTimestamp',
  'deletionGracePeriodSeconds',
  'deletionTimestamp',
  'finalizers',
  'generation',
  'managedFields',
  'ownerReferences',
  'resourceVersion',
  'selfLink',
  'uid',
]);

/** A document as somebody would apply it, of one that may have been printed by `kubectl get -o yaml`. */
export function asApplied(document: unknown): unknown {
  if (!isJsonObject(document)) return document;
  const { status: _, ...rest } = document;
  if (!isJsonObject(document.metadata)) return rest;
  const entries = Object.entries(document.metadata).filter(([key]) => !SERVER_METADATA.has(key));
  return { ...rest, metadata: Object.fromEntries(entries) };
}

/** A document of a kind that has namespaces, with this one where it names none, as kubectl applies it. */
export function inNamespace(document: unknown, namespace: string): unknown {
  const metadata = ownField(document, 'metadata');
  const own = ownField(metadata, 'namespace') ?? '';
  if (!isJsonObject(document) || !isJsonObject(metadata) || own !== '') return document;
  return { ...document, metadata: { ...metadata, namespace } };
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
