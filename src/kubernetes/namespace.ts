// What policies read of a namespace: the labels that they select it by, and the annotations that say what holds in it.
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

const NO_ANNOTATIONS: StringMap = Object.freeze({});

/**
 * Annotations of a Namespace object. Values that are not strings are left out.
 * @param keys those that are asked for; all of them where left out
 */
export function annotationsOfNamespaceObject(object: unknown, keys?: ReadonlySet<string>): StringMap {
  const annotations = labelsOf(ownField(ownField(object, 'metadata'), 'annotations'));
  const kept = keys ? Object.entries(annotations).filter(([key]) => keys.has(key)) : Object.entries(annotations);
  return kept.length === 0 ? NO_ANNOTATIONS : Object.freeze(Object.fromEntries(kept));
}
