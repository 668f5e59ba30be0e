// The fields that a capability class may have are those of the table of pod fields, of the same types. What is left out is
// left out on purpose: a new version of Kubernetes brings fields that somebody has to decide about.
import { describe, expect, test } from 'vitest';
import { type FieldType, fieldsOf, fieldType, isTypeName, type TypeName } from '../../src/kubernetes/field-type.ts';
import { SCALARS } from '../../src/kubernetes/schema/scalars.ts';
import { KUBERNETES_TYPES } from '../../src/kubernetes/schema/types.ts';
import { isJsonObject, type JsonObject, ownField, stringField } from '../../src/model/json.ts';
import { CAPABILITY_CLASS_SCHEMA } from '../../src/resources/capability-class/schema.ts';

const THE_WORKLOADS_OWN = "says what the workload is, or how it starts and ends: the workload's own to say";
const WHERE_IT_RUNS = 'chooses nodes or an order among pods; a class asks for nodes with nodeSelector and tolerations';
const IDENTITY = 'gives the pod an identity, or credentials, which no class hands out';
const NETWORK = 'changes the network or the names that the whole pod sees';
const HOST = 'a namespace of the host, which no class opens';
const NOT_SET = 'set by the API server or a controller, not by who writes a pod';

/** The fields of a pod's spec that a class cannot set, and why. */
const REFUSED_IN_SPEC: Readonly<Record<string, string>> = {
  activeDeadlineSeconds: THE_WORKLOADS_OWN,
  evictionResponders: THE_WORKLOADS_OWN,
  os: THE_WORKLOADS_OWN,
  readinessGates: THE_WORKLOADS_OWN,
  resources: THE_WORKLOADS_OWN,
  restartPolicy: THE_WORKLOADS_OWN,
  shareProcessNamespace: THE_WORKLOADS_OWN,
  terminationGracePeriodSeconds: THE_WORKLOADS_OWN,
  affinity: WHERE_IT_RUNS,
  nodeName: WHERE_IT_RUNS,
  preemptionPolicy: WHERE_IT_RUNS,
  priority: WHERE_IT_RUNS,
  priorityClassName: WHERE_IT_RUNS,
  schedulerName: WHERE_IT_RUNS,
  schedulingGates: WHERE_IT_RUNS,
  schedulingGroup: WHERE_IT_RUNS,
  topologySpreadConstraints: WHERE_IT_RUNS,
  automountServiceAccountToken: IDENTITY,
  imagePullSecrets: IDENTITY,
  serviceAccount: IDENTITY,
  serviceAccountName: IDENTITY,
  dnsConfig: NETWORK,
  dnsPolicy: NETWORK,
  enableServiceLinks: NETWORK,
  hostname: NETWORK,
  hostnameOverride: NETWORK,
  setHostnameAsFQDN: NETWORK,
  subdomain: NETWORK,
  hostIPC: HOST,
  hostNetwork: HOST,
  hostPID: HOST,
  ephemeralContainers: 'Kubernetes adds them to running pods only',
  overhead: 'set by the API server, from the RuntimeClass',
  resourceClaims: 'a claim is an object of its own, which a class cannot make',
};

/** Of the metadata of pods, and of claims, a class has labels and annotations. */
const REFUSED_IN_METADATA: Readonly<Record<string, string>> = {
  name: 'the name of each pod or claim is its own',
  generateName: 'the name of each pod or claim is its own',
  namespace: 'it is in the namespace of its workload',
  finalizers: 'it would keep pods and claims from being deleted',
  ownerReferences: 'it would have pods and claims deleted with something else',
  creationTimestamp: NOT_SET,
  deletionGracePeriodSeconds: NOT_SET,
  deletionTimestamp: NOT_SET,
  generation: NOT_SET,
  managedFields: NOT_SET,
  resourceVersion: NOT_SET,
  selfLink: NOT_SET,
  uid: NOT_SET,
};

/** What the table calls otherwise. Everything else that stands for a scalar is what its schema says: a string, an integer. */
const SAME_AS: Readonly<Record<string, string>> = {
  Quantity: 'quantity',
  IntOrString: 'intOrString',
  ClaimMetadata: 'ObjectMeta',
  LabelSelector: 'LabelSelector',
};

/** A type of a class as the table would have it, whatever the values that it leaves of it. */
function plain(written: string): string {
  if (/^[[{]/.test(written)) {
    const end = written.lastIndexOf(written.startsWith('[') ? ']' : '}');
    return `${written.charAt(0)}${plain(written.slice(1, end))}${written.slice(end)}`;
  }
  if (written.endsWith('!')) return `${plain(written.slice(0, -1))}!`;
  if (written.includes('|')) return 'string';
  return SAME_AS[written] ?? stringField(SCALARS[written], 'type') ?? written;
}

function form({ form: of, name }: FieldType): string {
  return `${of} ${name}`;
}

test.each([
  ['Text!', 'string!'],
  ['[In|NotIn]!', '[string]!'],
  ['{Quantity}', '{quantity}'],
  ['Probe', 'Probe'],
])('%s is %s', (written, type) => {
  expect(plain(written)).toBe(type);
});

describe.each(Object.entries(KUBERNETES_TYPES))('the type %s of class templates', (name, fields) => {
  test('has the fields of the table', () => {
    if (!isTypeName(name)) throw new Error(`the table has no type ${name}`);
    const table = Object.fromEntries([...fieldsOf(name)].map(([field, type]) => [field, form(type)]));
    const own = Object.fromEntries(
      Object.entries(fields).map(([field, type]) => [field, form(fieldType(plain(type)))]),
    );
    expect(own).toEqual(table);
  });

  test('requires what Kubernetes requires', () => {
    if (!isTypeName(name)) throw new Error(`the table has no type ${name}`);
    const required = [...fieldsOf(name)].flatMap(([field, type]) => (type.required ? [field] : []));
    expect(required.filter((field) => !fields[field]?.endsWith('!'))).toEqual([]);
  });
});

/** The schemas of the members at a place of the class's schema. */
function members(...keys: readonly string[]): JsonObject {
  let schema: unknown = CAPABILITY_CLASS_SCHEMA;
  for (const key of keys) {
    const array = ownField(schema, 'items');
    schema = ownField(ownField(array ?? schema, 'properties'), key);
  }
  const properties = ownField(ownField(schema, 'items') ?? schema, 'properties');
  return isJsonObject(properties) ? properties : {};
}

/** What a schema of a field describes, as the table would have it. */
function described(schema: unknown): string {
  const reference = ownField(schema, '$ref');
  if (typeof reference === 'string') return plain(reference.slice(reference.lastIndexOf('/') + 1));
  const type = ownField(schema, 'type');
  if (type === 'array') return `[${described(ownField(schema, 'items'))}]`;
  return type === 'object' ? `{${described(ownField(schema, 'additionalProperties'))}}` : String(type);
}

const TEMPLATE = ['spec', 'implementations', 'template'];
const CLAIM = SCALARS.ClaimMetadata?.properties as unknown;

test.each<[string, TypeName, JsonObject, Readonly<Record<string, string>>]>([
  ["a pod's spec", 'PodSpec', members(...TEMPLATE, 'spec'), REFUSED_IN_SPEC],
  ["a pod's metadata", 'ObjectMeta', members(...TEMPLATE, 'metadata'), REFUSED_IN_METADATA],
  ["a claim's metadata", 'ObjectMeta', isJsonObject(CLAIM) ? CLAIM : {}, REFUSED_IN_METADATA],
])('of %s, every field is one that a class may set, or is refused for a reason', (_, name, fields, refused) => {
  const table = fieldsOf(name);
  expect([...Object.keys(fields), ...Object.keys(refused)].toSorted()).toEqual([...table.keys()].toSorted());
  for (const [field, schema] of Object.entries(fields)) {
    const type = table.get(field);
    expect(`${field}: ${form(fieldType(described(schema)))}`).toBe(`${field}: ${type ? form(type) : 'none'}`);
  }
});

test('what a class grants to containers are fields of containers', () => {
  const table = fieldsOf('Container');
  // Resources have limits alone: the API server makes the requests equal to them.
  const { containers: _, resources: __, ...fields } = members('spec', 'implementations', 'grant');
  expect(Object.keys(fields)).not.toEqual([]);
  for (const [field, schema] of Object.entries(fields)) {
    const type = table.get(field);
    expect(`${field}: ${form(fieldType(described(schema)))}`).toBe(`${field}: ${type ? form(type) : 'none'}`);
  }
});
