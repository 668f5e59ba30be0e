// What comes of a request that both webhooks see, as tests of rules look at it.

import type { Gate } from '../../src/engine/gate.ts';
import { mutate } from '../../src/engine/mutate.ts';
import { validate } from '../../src/engine/validate.ts';
import { enforcementOffline } from '../../src/library/offline/judge.ts';
import { isJsonObject, type JsonObject } from '../../src/model/json.ts';
import type { Subject } from '../../src/model/subject.ts';
import { gateOf, policyYaml, subjectOf } from './gate.ts';

export interface Decided {
  /** The object as the mutating webhook leaves it. */
  readonly filled: JsonObject;
  readonly verdict: string;
  /** `Deny CHECK: reason (detail)`, in order. */
  readonly said: readonly string[];
  /** `CHECK PATH` of every offending field. */
  readonly paths: readonly string[];
  readonly warnings: readonly string[];
}

/** A gate with one policy, of the YAML of its spec, and these other documents. */
export function gateOfSpec(spec: string, ...others: readonly string[]): Gate {
  return gateOf([policyYaml('p', spec), ...others]);
}

/** Fills in the object, and judges the result: a creation by nobody in particular, unless overridden. */
export function decide(gate: Gate, object: JsonObject, overrides: Partial<Subject> = {}): Decided {
  const subject = subjectOf(object, overrides);
  const mutation = mutate(subject, gate);
  const filled = mutation.object ?? object;
  const { verdict, findings } = validate({ ...subject, object: filled }, gate);
  return {
    filled,
    verdict,
    said: findings.map(({ check, action, reason, detail }) => `${action} ${check}: ${reason} (${detail})`),
    paths: findings.flatMap(({ check, fields }) => fields.map(({ path }) => `${check} ${path}`)),
    warnings: mutation.warnings,
  };
}

/** The same of an update. */
export function decideUpdate(gate: Gate, oldObject: JsonObject, object: JsonObject): Decided {
  return decide(gate, object, { operation: 'UPDATE', oldObject });
}

/** A pod of every kind that holds pod templates: the pod itself, and an object around its template. */
export function inEveryKind(pod: JsonObject): readonly (readonly [kind: string, object: JsonObject])[] {
  const template = { metadata: pod.metadata, spec: pod.spec };
  const metadata = { name: 'x' };
  const own = isJsonObject(pod.metadata) ? pod.metadata : {};
  const around = (apiVersion: string, kind: string, spec: JsonObject): readonly [string, JsonObject] => [
    kind,
    { apiVersion, kind, metadata, spec },
  ];
  return [
    ['Pod', { apiVersion: 'v1', kind: 'Pod', ...pod, metadata: { name: 'x', ...own } }],
    ['PodTemplate', { apiVersion: 'v1', kind: 'PodTemplate', metadata, template }],
    around('v1', 'ReplicationController', { template }),
    ...['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet'].map((kind) => around('apps/v1', kind, { template })),
    around('batch/v1', 'Job', { template }),
    around('batch/v1', 'CronJob', { jobTemplate: { spec: { template } } }),
    around('agents.x-k8s.io/v1beta1', 'Sandbox', { podTemplate: template }),
    around('extensions.agents.x-k8s.io/v1beta1', 'SandboxTemplate', { podTemplate: template }),
  ];
}

/** The gate of a command line, to which a controller is refused where its pods are. */
export function offline(gate: Gate): Gate {
  return { ...gate, enforcement: enforcementOffline };
}
