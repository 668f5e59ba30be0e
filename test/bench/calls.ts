// `npm run bench:calls [-- --rounds N --requests N]`: what a webhook call costs end to end. A real API server is asked to create
// the same pod, as a dry run so that etcd is not part of it, in namespaces that differ in what is registered for them: nothing,
// a server that answers a constant, parts of our configurations, all of them, and a policy inside the API server. One client,
// one request at a time; the namespaces take turns.
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import { definitionOf } from '../../scripts/crd/custom-resource.ts';
import { type Registration, webhookConfigurations } from '../../scripts/registration.ts';
import { isJsonObject, type JsonObject } from '../../src/model/json.ts';
import { OWN_KINDS } from '../../src/resources/index.ts';
import { startControlPlane } from '../cluster/control-plane/control-plane.ts';
import { installDefinition } from '../cluster/control-plane/custom-resources.ts';
import { expectOk } from '../cluster/control-plane/expect-ok.ts';
import { createNamespace } from '../cluster/control-plane/namespaces.ts';
import { OUR_NAMESPACE, OURSELVES, startSandgate } from '../cluster/support/sandgate.ts';
import { startServerProcess } from './server-process.ts';

const VARIANT = 'bench-variant';

const { values: options } = parseArgs({
  options: { rounds: { type: 'string', default: '12' }, requests: { type: 'string', default: '50' } },
});

interface Variant {
  readonly name: string;
  /** What is registered for its namespace beside what all have. */
  readonly objects: (name: string) => readonly JsonObject[];
  /** The spec of its pods; {@link COMPLETE} by default. */
  readonly spec?: JsonObject;
}

/** A pod that our policy neither changes nor refuses. */
const COMPLETE: JsonObject = {
  securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [
    {
      name: 'app',
      image: 'example.com/app:1',
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    },
  ],
};
/** One that it fills in. */
const BARE: JsonObject = { containers: [{ name: 'app', image: 'example.com/app:1' }] };

const plane = await startControlPlane();
const constant = await startServerProcess('node');
await Promise.all(OWN_KINDS.map((kind) => installDefinition(plane, definitionOf(kind))));
const policy = parseObject(`
apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata: { name: bench }
spec:
  podSecurity: { level: restricted }
  harden: restricted
  identity: { runAsNonRoot: true, runAsUser: 1000 }
`);
await expectOk(plane.admin.create(policy));
const sandgate = await startSandgate(plane);

try {
  await measure([
    { name: 'nothing', objects: () => [] },
    { name: 'one validating webhook, answering a constant', objects: (name) => constantWebhooks(name, 1) },
    { name: 'two of them', objects: (name) => constantWebhooks(name, 2) },
    { name: 'ours, validating alone', objects: (name) => [only(ours(name).validating, name)] },
    { name: 'ours, mutating alone', objects: (name) => [only(ours(name).mutating, name)] },
    { name: 'ours, both, as shipped', objects: (name) => configurations(ours(name), name) },
    { name: 'the same, for a pod that is filled in', objects: (name) => configurations(ours(name), name), spec: BARE },
    {
      name: 'ours, both, without match conditions',
      objects: (name) => configurations(ours(name), name).map((one) => withoutKey(one, 'matchConditions')),
    },
    {
      name: 'the same, never reinvoked',
      objects: (name) => configurations(ours(name), name).map((one) => withoutKey(one, 'reinvocationPolicy')),
      spec: BARE,
    },
    { name: 'a ValidatingAdmissionPolicy of six expressions', objects: admissionPolicy },
  ]);
} finally {
  constant.stop();
  await plane.stop();
  await sandgate.stop();
}

function parseObject(yaml: string): JsonObject {
  const document: unknown = parse(yaml);
  if (!isJsonObject(document)) throw new Error('not an object');
  return document;
}

function ours(name: string): Registration {
  return webhookConfigurations({
    name,
    clientConfig: (path) => ({ url: sandgate.url + path, caBundle: sandgate.caBundle }),
    namespace: OUR_NAMESPACE,
    username: OURSELVES,
  });
}

function configurations({ mutating, validating }: Registration, name: string): readonly JsonObject[] {
  return [only(mutating, name), only(validating, name)];
}

/** The entries about workloads, for the namespaces of one variant. */
function only({ webhooks, ...rest }: Registration['mutating'] | Registration['validating'], name: string): JsonObject {
  const workloads = webhooks.filter((webhook) => webhook.namespaceSelector !== undefined);
  const namespaceSelector = { matchLabels: { [VARIANT]: name } };
  return { ...rest, webhooks: workloads.map((webhook) => ({ ...webhook, namespaceSelector })) };
}

function withoutKey(configuration: JsonObject, key: string): JsonObject {
  const copy: unknown = JSON.parse(
    JSON.stringify(configuration, (at, value: unknown) => (at === key ? undefined : value)),
  );
  if (!isJsonObject(copy)) throw new Error('not an object');
  return copy;
}

function constantWebhooks(name: string, count: number): readonly JsonObject[] {
  const caBundle = Buffer.from(constant.ca).toString('base64');
  const webhooks = Array.from({ length: count }, (_, index) => ({
    name: `constant-${index}.bench.sandgate.dev`,
    clientConfig: { url: `${constant.url}/validate`, caBundle },
    rules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'], scope: 'Namespaced' }],
    namespaceSelector: { matchLabels: { [VARIANT]: name } },
    failurePolicy: 'Fail',
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
  }));
  const kind = 'ValidatingWebhookConfiguration';
  return [{ apiVersion: 'admissionregistration.k8s.io/v1', kind, metadata: { name }, webhooks }];
}

function admissionPolicy(name: string): readonly JsonObject[] {
  const containers = 'object.spec.containers';
  const validations = [
    '!has(object.spec.hostPID) || !object.spec.hostPID',
    '!has(object.spec.hostNetwork) || !object.spec.hostNetwork',
    `${containers}.all(c, !has(c.securityContext) || !has(c.securityContext.privileged) || !c.securityContext.privileged)`,
    `${containers}.all(c, !has(c.securityContext) || !has(c.securityContext.allowPrivilegeEscalation) || !c.securityContext.allowPrivilegeEscalation)`,
    `!has(object.spec.volumes) || object.spec.volumes.all(v, !has(v.hostPath))`,
    `${containers}.all(c, !has(c.ports) || c.ports.all(p, !has(p.hostPort) || p.hostPort == 0))`,
  ].map((expression) => ({ expression }));
  const rule = { apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'] };
  const apiVersion = 'admissionregistration.k8s.io/v1';
  const spec = { failurePolicy: 'Fail', matchConstraints: { resourceRules: [rule] }, validations };
  const matchResources = { namespaceSelector: { matchLabels: { [VARIANT]: name } } };
  const binding = { policyName: name, validationActions: ['Deny'], matchResources };
  return [
    { apiVersion, kind: 'ValidatingAdmissionPolicy', metadata: { name }, spec },
    { apiVersion, kind: 'ValidatingAdmissionPolicyBinding', metadata: { name }, spec: binding },
  ];
}

async function measure(variants: readonly Variant[]): Promise<void> {
  const measured: {
    readonly name: string;
    readonly namespace: string;
    readonly spec: JsonObject;
    readonly times: number[][];
  }[] = [];
  for (const [index, variant] of variants.entries()) {
    const name = `variant-${index}`;
    const namespace = await createNamespace(plane, { [VARIANT]: name });
    for (const object of variant.objects(name)) await expectOk(plane.admin.create(object));
    measured.push({ name: variant.name, namespace, spec: variant.spec ?? COMPLETE, times: [] });
  }
  // The API server learns of configurations by a watch, and of policies by a look every second.
  await sleep(5000);
  for (let round = -1; round < Number(options.rounds); round++) {
    for (const { namespace, spec, times } of measured) {
      const own: number[] = [];
      for (let index = 0; index < Number(options.requests); index++) own.push(await create(namespace, index, spec));
      // In the first, caches fill and connections open.
      if (round >= 0) times.push(own);
    }
  }
  const [first] = measured;
  console.log(`${'registered'.padEnd(48)}   p50 ms   added   p90 ms   p99 ms`);
  for (const { name, times } of measured) {
    const all = times.flat();
    const added = quantile(
      times.map((own, round) => quantile(own, 0.5) - quantile(first?.times[round] ?? [], 0.5)),
      0.5,
    );
    const cells = [quantile(all, 0.5), added, quantile(all, 0.9), quantile(all, 0.99)];
    console.log(name.padEnd(48) + cells.map((cell) => cell.toFixed(2).padStart(9)).join(''));
  }
}

/** In milliseconds. */
async function create(namespace: string, index: number, spec: JsonObject): Promise<number> {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name: `pod-${index}` }, spec };
  const sent = performance.now();
  await expectOk(plane.admin.create(pod, { dryRun: true }));
  return performance.now() - sent;
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN;
}
