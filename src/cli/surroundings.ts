// What a cluster would know, from files and options instead.
import type { Surroundings } from '../engine/gate.ts';
import { isJsonObject, ownField, stringField } from '../model/json.ts';
import { NAMESPACE_NAME_LABEL } from '../model/names.ts';
import type { StringMap } from '../model/pod.ts';
import type { InputObject } from './objects.ts';

export interface SurroundingsOptions {
  /** The labels of namespaces that are not among the objects; undefined where nobody said. */
  readonly otherwise?: StringMap | undefined;
  /**
   * Called once for each namespace of which nothing is known, before its labels are assumed to be none. Where it is
   * absent nothing is assumed, and what depends on such labels is refused.
   */
  readonly onAssumed?: ((namespace: string) => void) | undefined;
}

/** The surroundings that these Namespace objects describe; other kinds are passed over. */
export function surroundingsFrom(objects: readonly InputObject[], options: SurroundingsOptions = {}): Surroundings {
  const known = new Map<string, StringMap>();
  for (const { kind, value } of objects) {
    if (kind.group !== '' || kind.kind !== 'Namespace') continue;
    const metadata = ownField(value, 'metadata');
    const name = stringField(metadata, 'name');
    if (name) known.set(name, namespaceLabels(name, ownField(metadata, 'labels')));
  }
  return {
    namespaceLabels(namespace) {
      const labels = known.get(namespace);
      if (labels) return labels;
      const { otherwise, onAssumed } = options;
      if (!otherwise && !onAssumed) return undefined;
      if (!otherwise) onAssumed?.(namespace);
      const assumed = namespaceLabels(namespace, otherwise);
      // The same object every time: what is derived from labels is kept by it.
      known.set(namespace, assumed);
      return assumed;
    },
  };
}

/** Labels as the API server has them: it gives every namespace its own name as one. */
function namespaceLabels(name: string, labels: unknown): StringMap {
  const texts: [string, string][] = [];
  for (const [key, value] of isJsonObject(labels) ? Object.entries(labels) : []) {
    if (typeof value === 'string') texts.push([key, value]);
  }
  return Object.fromEntries([...texts, [NAMESPACE_NAME_LABEL, name]]);
}
