// A control plane with Sandgate in front of it: policies stored, the process running, our webhooks registered and in effect.

import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { definitionOf } from '../../../scripts/crd/custom-resource.ts';
import type { SideEffects } from '../../../scripts/registration/configuration.ts';
import { webhookConfigurations } from '../../../scripts/registration.ts';
import { isJsonObject, type JsonObject } from '../../../src/model/json.ts';
import { OWN_KINDS } from '../../../src/resources/index.ts';
import { at, listAt } from '../control-plane/at.ts';
import { type ControlPlane, type ControlPlaneOptions, startControlPlane } from '../control-plane/control-plane.ts';
import { installDefinition, installSandboxes } from '../control-plane/custom-resources.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { refOf } from '../control-plane/kube-client.ts';
import { createNamespace } from '../control-plane/namespaces.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { OUR_NAMESPACE, OURSELVES, type Sandgate, type SandgateOptions, startSandgate } from './sandgate.ts';

/** The label of namespaces that {@link agentsPolicy} is for. */
export const AGENTS_TIER = { 'sandgate.dev/tier': 'agents' };

export interface GatedClusterOptions extends ControlPlaneOptions {
  /** The policies to begin with; {@link agentsPolicy} by default. */
  readonly policies?: readonly JsonObject[];
  /** Whether connections to running pods are reviewed as well. */
  readonly connections?: boolean;
  /** What Sandgate is started with beside. */
  readonly serve?: SandgateOptions;
  readonly sideEffects?: SideEffects;
  /** Whether role bindings are. */
  readonly roleBindings?: boolean;
}

export interface GatedCluster {
  readonly plane: ControlPlane;
  readonly sandgate: Sandgate;
  stop(): Promise<void>;
}

/** Starts all of it, with the kinds of agent-sandbox installed, and resolves when the API server asks us. */
export async function startGatedCluster(options: GatedClusterOptions = {}): Promise<GatedCluster> {
  const {
    policies = [agentsPolicy()],
    connections = false,
    roleBindings = false,
    serve,
    sideEffects = 'None',
    ...planeOptions
  } = options;
  const plane = await startControlPlane(planeOptions);
  let sandgate: Sandgate | undefined;
  try {
    const definitions = OWN_KINDS.map(definitionOf);
    await Promise.all([...definitions.map((one) => installDefinition(plane, one)), installSandboxes(plane)]);
    for (const policy of policies) await expectOk(plane.admin.create(policy));
    sandgate = await startSandgate(plane, serve);
    for (const policy of policies) await untilAccepted(plane, policy);
    await register(plane, sandgate, { connections, roleBindings, sideEffects });
  } catch (error) {
    await sandgate?.stop();
    await plane.stop();
    throw error;
  }
  return {
    plane,
    sandgate,
    async stop() {
      await plane.stop();
      await sandgate.stop();
    },
  };
}

/**
 * The shipped policy for agents, for the namespaces with {@link AGENTS_TIER}, so that a test has a way around it. Without its
 * warning about images that it does not know, which those of the tests all are.
 */
export function agentsPolicy(): JsonObject {
  const file = resolve(import.meta.dirname, '../../../policies/agents/policy.yaml');
  const policy: unknown = parse(readFileSync(file, 'utf8'));
  if (!isJsonObject(policy) || !isJsonObject(policy.spec)) throw new Error(`${file} holds no policy`);
  const { identity } = policy.spec;
  const match = { namespaceSelector: { matchLabels: AGENTS_TIER } };
  const quiet = { ...(isJsonObject(identity) ? identity : {}), unknownImage: 'Ignore' };
  return { ...policy, spec: { ...policy.spec, match, identity: quiet } };
}

/** The label of namespaces that {@link warningPolicy} is for. */
export const WARNED_TIER = { 'sandgate.dev/tier': 'warned' };

/** The Restricted level, of which users are only told. */
export function warningPolicy(): JsonObject {
  const match = { namespaceSelector: { matchLabels: WARNED_TIER } };
  return policyOf('warned', { match, podSecurity: { level: 'restricted' }, validationActions: ['Warn'] });
}

/** A policy of its own for a test. */
export function policyOf(name: string, spec: JsonObject): JsonObject {
  return { apiVersion: 'sandgate.dev/v1alpha1', kind: 'IsolationPolicy', metadata: { name }, spec };
}

/** Stores a policy, new or changed, and resolves when it is in force. */
export async function putPolicy(plane: ControlPlane, policy: JsonObject): Promise<void> {
  await expectOk(plane.admin.apply(policy, { force: true }));
  await untilAccepted(plane, policy);
}

async function untilAccepted(plane: ControlPlane, policy: JsonObject): Promise<void> {
  const name = String(at(policy, 'metadata', 'name'));
  const isAccepted = async (): Promise<boolean> => {
    const { body } = await expectOk(plane.admin.get(refOf(policy)));
    const accepted = listAt(body, 'status', 'conditions').find((condition) => at(condition, 'type') === 'Accepted');
    const isCurrent = at(accepted, 'observedGeneration') === at(body, 'metadata', 'generation');
    if (isCurrent && at(accepted, 'status') === 'False') throw new Error(String(at(accepted, 'message')));
    return isCurrent && at(accepted, 'status') === 'True';
  };
  await waitFor(isAccepted, { within: 30_000, what: `policy ${name} is accepted` });
}

/** Creates both webhook configurations, and resolves when a pod goes through both. */
async function register(
  plane: ControlPlane,
  sandgate: Sandgate,
  others: Required<Pick<GatedClusterOptions, 'connections' | 'roleBindings' | 'sideEffects'>>,
): Promise<void> {
  const { url, caBundle } = sandgate;
  const { mutating, validating } = webhookConfigurations({
    name: 'sandgate',
    clientConfig: (path) => ({ url: url + path, caBundle }),
    namespace: OUR_NAMESPACE,
    username: OURSELVES,
    ...others,
    // Longer than in a cluster: other tests want the processor, too, and what is late would be another case.
    timeoutSeconds: { fill: 10, enforce: 10, advise: 10, roleBindings: 10 },
  });
  await expectOk(plane.admin.create(mutating, { fieldValidation: 'Strict' }));
  await expectOk(plane.admin.create(validating, { fieldValidation: 'Strict' }));
  const namespace = await createNamespace(plane, AGENTS_TIER);
  const spec = { containers: [{ name: 'probe', image: 'example.com/probe:1' }] };
  const isInEffect = async (): Promise<boolean> => {
    const name = `probe-${randomUUID().slice(0, 8)}`;
    const probe = { apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name }, spec };
    await plane.admin.create(probe, { dryRun: true });
    const seen = sandgate.reviews().filter((line) => line.namespace === namespace);
    return ['mutate', 'validate'].every((webhook) => seen.some((line) => line.webhook === webhook));
  };
  await waitFor(isInEffect, { within: 30_000, what: 'both webhook configurations are in effect' });
}
