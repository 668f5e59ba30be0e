// The shipped classes as they stand on disk, and gates that grant them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Gate } from '../../../src/engine/gate.ts';
import { mutate } from '../../../src/engine/mutate.ts';
import { validate } from '../../../src/engine/validate.ts';
import type { StringMap } from '../../../src/kubernetes/pod.ts';
import type { Finding } from '../../../src/model/finding.ts';
import { isJsonObject, type JsonObject, ownField } from '../../../src/model/json.ts';
import { bundlesDirectory } from '../../../src/resources/bundles.ts';
import { gateOf, subjectOf } from '../../support/gate.ts';

export const BUNDLES = ['docker', 'docker-k8s-runner', 'landjail', 'nsjail'] as const;
export type Bundle = (typeof BUNDLES)[number];

/** The text of a bundle's class. */
export function classText(bundle: Bundle): string {
  return readFileSync(join(bundlesDirectory(), 'capabilities', bundle, 'class.yaml'), 'utf8');
}

/** The name workloads ask for. */
export function classNameOf(bundle: Bundle): string {
  return bundle === 'docker-k8s-runner' ? 'docker' : bundle;
}

/** The implementations of a bundle as they are written, in order. */
export function implementationsOf(bundle: Bundle): readonly JsonObject[] {
  return objectsIn(ownField(ownField(parse(classText(bundle)), 'spec'), 'implementations'));
}

/** Every implementation that gives something, with its bundle. */
export const GRANTING: readonly { readonly bundle: Bundle; readonly implementation: string }[] = BUNDLES.flatMap(
  (bundle) =>
    implementationsOf(bundle).flatMap(({ name, reject }) =>
      reject === undefined ? [{ bundle, implementation: String(name) }] : [],
    ),
);

/** A policy of the Restricted level that fills in what it needs. */
export function restrictedPolicy(name: string, capabilities: string, more = ''): string {
  return `apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata: { name: ${name} }
spec:
  podSecurity: { level: restricted }
  harden: restricted
  identity: { runAsUser: 1000, fsGroup: 1000 }
  capabilities: ${capabilities}
${more}`;
}

/** A gate with these bundles and policies, where everybody may use every class. */
export function shippedGate(
  bundles: readonly Bundle[],
  policies: readonly string[],
  namespaces: Readonly<Record<string, StringMap>> = {},
): Gate {
  const gate = gateOf([...bundles.map(classText), ...policies], { agents: {}, ...namespaces });
  return { ...gate, surroundings: { ...gate.surroundings, mayUse: () => 'allowed' } };
}

/** A gate whose one policy lists one implementation. */
export function gateGranting(bundle: Bundle, implementation: string): Gate {
  const listed = `[{ name: ${classNameOf(bundle)}, implementation: ${implementation} }]`;
  return shippedGate([bundle], [restrictedPolicy('agents', listed)]);
}

export function podAsking(capabilities: string, spec: JsonObject = {}, metadata: JsonObject = {}): JsonObject {
  const annotations = { 'sandgate.dev/capabilities': capabilities, ...asObject(metadata.annotations) };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a', ...metadata, annotations },
    spec: { containers: [{ name: 'app', image: 'ghcr.io/acme/agent:1.4.2' }], ...spec },
  };
}

/** The pod as the mutating webhook leaves it. */
export function filled(pod: JsonObject, gate: Gate, namespace = 'agents'): JsonObject {
  return mutate(subjectOf(pod, { namespace }), gate).object ?? pod;
}

/** Why the validating webhook refuses a pod as it stands. */
export function denials(pod: JsonObject, gate: Gate, namespace = 'agents'): readonly Finding[] {
  return validate(subjectOf(pod, { namespace }), gate).findings.filter(({ action }) => action === 'Deny');
}

/** `reason (detail)` of everything that is refused of a pod as the mutating webhook leaves it. */
export function refusals(pod: JsonObject, gate: Gate, namespace = 'agents'): readonly string[] {
  return denials(filled(pod, gate, namespace), gate, namespace).map(({ reason, detail }) => `${reason} (${detail})`);
}

export function asObject(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

/** The members of a list of a pod's spec. */
export function listOf(pod: JsonObject, list: string): readonly JsonObject[] {
  return objectsIn(asObject(pod.spec)[list]);
}

/** A container by its name, wherever it stands. */
export function containerOf(pod: JsonObject, name: string): JsonObject {
  const all = ['initContainers', 'containers'].flatMap((list) => listOf(pod, list));
  return all.find((container) => container.name === name) ?? {};
}

export function objectsIn(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
