// A Namespace as far as policies ask about it.
import { isJsonObject, ownField } from '../model/json.ts';
import { NAMESPACE_NAME_LABEL } from '../model/names.ts';
import type { StringMap } from './pod.ts';

/**
 * The labels of a namespace as the API server has them: it gives every namespace its own name as one. What is no text is
 * no label.
 * @param labels of whatever shape
 */
export function labelsOfNamespace(name: string, labels: unknown): StringMap {
  const texts: [string, string][] = [];
  for (const [key, value] of isJsonObject(labels) ? Object.entries(labels) : []) {
    if (typeof value === 'string') texts.push([key, value]);
  }
  return Object.freeze(Object.fromEntries([...texts, [NAMESPACE_NAME_LABEL, name]]));
}

/** The same of a Namespace object. */
export function labelsOfNamespaceObject(name: string, object: unknown): StringMap {
  return labelsOfNamespace(name, ownField(ownField(object, 'metadata'), 'labels'));
}
