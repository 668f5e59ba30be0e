// Generated reviews, and the labels of the namespaces they are about: what upstream's whole webhook is asked.
import fc, { type Arbitrary } from 'fast-check';
import { CONTAINER_LISTS } from '../../src/kubernetes/containers.ts';
import { isPodTemplate } from '../../src/kubernetes/pod-shape.ts';
import { isJsonObject, type JsonObject } from '../../src/model/json.ts';
import { withVerdictDefaults } from '../../src/workloads/defaults.ts';
import { podText } from './generated-pods.ts';
import { weighted } from './generated-values.ts';

export interface GeneratedReview {
  /** Of the namespace; null where it cannot be looked up. */
  readonly labels: Readonly<Record<string, string>> | null;
  /** The request of an AdmissionReview. */
  readonly request: JsonObject;
}

const policyLevel = weighted<string | undefined>(
  [2, fc.constant(undefined)],
  [6, fc.constantFrom('privileged', 'baseline', 'restricted')],
  [1, fc.constantFrom('Restricted', '', 'sometimes')],
);
const policyVersion = weighted<string | undefined>(
  [4, fc.constantFrom(undefined, 'latest')],
  [6, fc.nat(40).map((minor) => `v1.${minor}`)],
  [1, fc.constantFrom('1.20', 'v1', 'v1.00', 'v2.1', '')],
);
const MODES = ['enforce', 'audit', 'warn'];
const keys = MODES.flatMap((mode) => [mode, `${mode}-version`]);
const labels = fc
  .tuple(...keys.map((key) => (key.endsWith('-version') ? policyVersion : policyLevel)))
  .map((values) => {
    const set: Record<string, string> = {};
    for (const [index, key] of keys.entries()) {
      const value = values[index];
      if (value !== undefined) set[`pod-security.kubernetes.io/${key}`] = value;
    }
    return set;
  });

/** The kinds that upstream knows, and where their pods' template is. */
const CONTROLLERS = [
  { group: '', version: 'v1', kind: 'PodTemplate', resource: 'podtemplates' },
  { group: '', version: 'v1', kind: 'ReplicationController', resource: 'replicationcontrollers' },
  { group: 'apps', version: 'v1', kind: 'Deployment', resource: 'deployments' },
  { group: 'apps', version: 'v1', kind: 'ReplicaSet', resource: 'replicasets' },
  { group: 'apps', version: 'v1', kind: 'StatefulSet', resource: 'statefulsets' },
  { group: 'apps', version: 'v1', kind: 'DaemonSet', resource: 'daemonsets' },
  { group: 'batch', version: 'v1', kind: 'Job', resource: 'jobs' },
  { group: 'batch', version: 'v1', kind: 'CronJob', resource: 'cronjobs' },
];
const POD = { group: '', version: 'v1', kind: 'Pod', resource: 'pods' };

interface Action {
  readonly operation: 'CREATE' | 'UPDATE';
  readonly subresource: string;
  /** What the stored object has otherwise. */
  readonly old?: 'label' | 'image';
}
const podAction = fc.constantFrom<Action>(
  { operation: 'CREATE', subresource: '' },
  { operation: 'CREATE', subresource: '' },
  { operation: 'CREATE', subresource: '' },
  { operation: 'CREATE', subresource: 'binding' },
  { operation: 'CREATE', subresource: 'eviction' },
  { operation: 'UPDATE', subresource: '', old: 'label' },
  { operation: 'UPDATE', subresource: '', old: 'image' },
  { operation: 'UPDATE', subresource: 'status', old: 'image' },
  { operation: 'UPDATE', subresource: 'resize', old: 'label' },
  { operation: 'UPDATE', subresource: 'ephemeralcontainers', old: 'image' },
);
const controllerAction = fc.constantFrom<Action>(
  { operation: 'CREATE', subresource: '' },
  { operation: 'CREATE', subresource: '' },
  { operation: 'UPDATE', subresource: '', old: 'label' },
  { operation: 'UPDATE', subresource: '', old: 'image' },
  { operation: 'UPDATE', subresource: 'status', old: 'image' },
  { operation: 'UPDATE', subresource: 'scale', old: 'label' },
);

/**
 * A pod as an API server sends it: without nulls, no name twice in a list, and with what it fills in where that changes a
 * verdict.
 */
const pod: Arbitrary<JsonObject> = podText.map((text) => {
  const parsed = withUniqueNames(withoutNulls(JSON.parse(text)));
  if (!isPodTemplate(parsed)) throw new TypeError(`not a pod: ${text}`);
  return { ...withVerdictDefaults(parsed) };
});

const podRequest = fc.tuple(pod, podAction).map(([object, action]) => {
  return requestOf(POD, action, object, action.old && changed(object, action.old));
});
const controllerRequest = fc
  .tuple(pod, controllerAction, fc.constantFrom(...CONTROLLERS))
  .map(([template, action, kind]) => {
    const old = action.old && controllerOf(kind.kind, changed(template, action.old));
    return requestOf(kind, action, controllerOf(kind.kind, template), old);
  });

export const review: Arbitrary<GeneratedReview> = fc.record({
  labels: weighted<Record<string, string> | null>([30, labels], [1, fc.constant(null)]),
  request: weighted([3, podRequest], [2, controllerRequest]),
});

function requestOf(
  { group, version, kind, resource }: typeof POD,
  { operation, subresource }: Action,
  object: JsonObject,
  oldObject: JsonObject | undefined,
): JsonObject {
  const about = { apiVersion: group === '' ? version : `${group}/${version}`, kind };
  return {
    uid: 'u',
    kind: { group, version, kind },
    resource: { group, version, resource },
    ...(subresource !== '' && { subResource: subresource, requestSubResource: subresource }),
    operation,
    namespace: 'n',
    name: 'test',
    userInfo: { username: 'tenant' },
    object: { ...about, ...object },
    ...(oldObject && { oldObject: { ...about, ...oldObject } }),
  };
}

function controllerOf(kind: string, template: JsonObject): JsonObject {
  const named = { metadata: { name: 'test' } };
  if (kind === 'PodTemplate') return { ...named, template };
  if (kind === 'CronJob') return { ...named, spec: { jobTemplate: { spec: { template } } } };
  return { ...named, spec: { template } };
}

/** The object as it was: with another label, or with other images. */
function changed(template: JsonObject, what: 'label' | 'image'): JsonObject {
  if (what === 'label') {
    const metadata = isJsonObject(template.metadata) ? template.metadata : {};
    return { ...template, metadata: { ...metadata, labels: { before: 'yes' } } };
  }
  return withContainers(template, (containers) => containers.map((container) => ({ ...container, image: 'before' })));
}

function withUniqueNames(template: unknown): unknown {
  return withContainers(template, (containers) => [
    ...new Map(containers.map((container) => [container.name ?? '', container])).values(),
  ]);
}

/** The template with each of its lists of containers made into another. */
function withContainers(
  template: unknown,
  change: (containers: readonly JsonObject[]) => readonly JsonObject[],
): JsonObject {
  if (!isJsonObject(template)) throw new TypeError('not a pod');
  if (!isJsonObject(template.spec)) return template;
  const spec: Record<string, unknown> = { ...template.spec };
  for (const list of CONTAINER_LISTS) {
    const containers = spec[list];
    if (Array.isArray(containers)) spec[list] = change(containers);
  }
  return { ...template, spec };
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isJsonObject(value)) return value;
  const kept = Object.entries(value).filter(([, field]) => field !== null);
  return Object.fromEntries(kept.map(([key, field]) => [key, withoutNulls(field)]));
}
