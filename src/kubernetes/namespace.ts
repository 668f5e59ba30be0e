// The labels of a namespace, which policies select namespaces by.
import { ownField } from '../model/json.ts';
import { NAMESPACE_NAME_LABEL } from '../model/names.ts';
import { labelsOf } from './labels.ts';
import type { StringMap } from './pod.ts';

/**
 * The labels of a namespace as the API server stores them: among them always `kubernetes.io/metadata.name` with the name of
 * the namespace. Values that are not strings are left out.
 * @param labels of any shape
 */
export function labelsOfNamespace(name: string, labels: unknown): StringMap {
  return Object.freeze({ ...labelsOf(labels), [NAMESPACE_NAME_LABEL]: name });
}

/** The labels of a Namespace object, as {@link labelsOfNamespace} returns them. */
export function labelsOfNamespaceObject(name: string, object: unknown): StringMap {
  return labelsOfNamespace(name, ownField(ownField(object, 'metadata'), 'labels'));
}
