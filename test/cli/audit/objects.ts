// Objects as a cluster has them: stored, with uids and owner references.
import { isJsonObject } from '../../../src/model/json.ts';

type Json = Readonly<Record<string, unknown>>;

export interface Identity {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly owner?: object;
}

const APP = { name: 'app', image: 'nginx:1' };
/** A pod that every level but Privileged refuses. */
export const PRIVILEGED: Json = { containers: [{ ...APP, securityContext: { privileged: true } }] };
/** A pod that the Baseline level allows. */
export const ORDINARY: Json = { containers: [APP] };
export const HOST_NETWORK: Json = { hostNetwork: true, containers: [APP] };

/** The value, which is known to be a map. */
export function mapOf(value: unknown): Json {
  return isJsonObject(value) ? value : {};
}

/** An owner reference to an object. */
export function ownedBy(object: Json, uid?: string): object {
  const { apiVersion, kind, metadata } = object;
  const { name, uid: own } = mapOf(metadata);
  return { apiVersion, kind, name, uid: uid ?? own, controller: true };
}

function metadataOf({ name, namespace = 'agents', uid, owner }: Identity): object {
  return { name, namespace, uid: uid ?? `uid-of-${name}`, ...(owner && { ownerReferences: [owner] }) };
}

export function runningPod(identity: Identity, spec: Json = ORDINARY): Json {
  return { apiVersion: 'v1', kind: 'Pod', metadata: metadataOf(identity), spec, status: { phase: 'Running' } };
}

export function controller(
  kind: 'Deployment' | 'ReplicaSet',
  identity: Identity,
  spec: Json = ORDINARY,
  replicas = 1,
): Json {
  const template = { metadata: { labels: { app: 'app' } }, spec };
  const selector = { matchLabels: { app: 'app' } };
  return { apiVersion: 'apps/v1', kind, metadata: metadataOf(identity), spec: { replicas, selector, template } };
}

export function listOf(...items: readonly object[]): string {
  return JSON.stringify({ apiVersion: 'v1', items, kind: 'List', metadata: { resourceVersion: '' } }, null, 2);
}
