// RuntimeClasses: what the API server adds to the pods that name one.
import { isJsonObject, type JsonObject, ownField, stringField } from '../model/json.ts';
import { labelsOf } from './labels.ts';
import type { StringMap } from './pod.ts';
import type { Toleration } from './tolerations.ts';

/** A RuntimeClass, as far as pods are concerned. */
export interface RuntimeClass {
  readonly name: string;
  /** What the container runtime calls the configuration: `runsc`. */
  readonly handler: string;
  /** Merged into the pod's nodeSelector. */
  readonly nodeSelector: StringMap;
  /** Merged into the pod's tolerations. */
  readonly tolerations: readonly Toleration[];
}

/** What an object of the cluster, or of a file, says; undefined where it has no name. Total for any JSON. */
export function runtimeClassOf(object: JsonObject): RuntimeClass | undefined {
  const name = stringField(ownField(object, 'metadata'), 'name');
  if (!name) return undefined;
  const scheduling = ownField(object, 'scheduling');
  const selector = ownField(scheduling, 'nodeSelector');
  const tolerations = ownField(scheduling, 'tolerations');
  return {
    name,
    handler: stringField(object, 'handler') ?? '',
    nodeSelector: labelsOf(selector),
    tolerations: Array.isArray(tolerations) ? tolerations.filter(isJsonObject).map(tolerationOf) : [],
  };
}

function tolerationOf(object: JsonObject): Toleration {
  const seconds = ownField(object, 'tolerationSeconds');
  return {
    ...labelsOf(object),
    ...(typeof seconds === 'number' ? { tolerationSeconds: seconds } : {}),
  };
}
