// Nodes: which RuntimeClasses they can run.
import { isJsonObject, type JsonObject, ownField, stringField } from '../model/json.ts';
import { labelsOf } from './labels.ts';
import type { StringMap } from './pod.ts';
import type { RuntimeClass } from './runtime-class.ts';

/** A node, as far as RuntimeClasses are concerned. */
export interface NodeFacts {
  readonly name: string;
  readonly labels: StringMap;
  /** What its container runtime says it has; undefined for one that does not say (KEP-3857 and KEP-127, since 1.30). */
  readonly handlers: readonly string[] | undefined;
}

/** What an object of the cluster, or of a file, says; undefined where it has no name. Total for any JSON. */
export function nodeOf(object: JsonObject): NodeFacts | undefined {
  const metadata = ownField(object, 'metadata');
  const name = stringField(metadata, 'name');
  if (!name) return undefined;
  const handlers = ownField(ownField(object, 'status'), 'runtimeHandlers');
  const names = Array.isArray(handlers)
    ? handlers.filter(isJsonObject).map((handler) => stringField(handler, 'name') ?? '')
    : [];
  return { name, labels: labelsOf(ownField(metadata, 'labels')), handlers: names.length > 0 ? names : undefined };
}

/**
 * True for a node that has the labels which the class asks for, and a runtime that does not say that it lacks the handler.
 * Taints are left out: pods may tolerate what the class does not.
 */
export function canRun({ labels, handlers }: NodeFacts, { nodeSelector, handler }: RuntimeClass): boolean {
  for (const [key, value] of Object.entries(nodeSelector)) {
    if (!Object.hasOwn(labels, key) || labels[key] !== value) return false;
  }
  return handlers === undefined || handlers.includes(handler);
}
