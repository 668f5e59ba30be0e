// values.schema.json: what Helm refuses before it changes anything. The keys and what is said of them come from
// values.yaml, what each may be from here; neither can have one that the other has not.
//
// Draft 7, and no look-ahead in patterns: Helm 3 knows no later draft, and Go no look-ahead.
import type { SchemaObject } from 'ajv';
import { isJsonObject } from '../../src/model/json.ts';
import { ISOLATION_POLICY_SCHEMA } from '../../src/policy/schema.ts';
import type { ChartValue } from './values.ts';

const NAME = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const flag: SchemaObject = { type: 'boolean' };
const text: SchemaObject = { type: 'string' };
const texts: SchemaObject = { type: 'object', additionalProperties: text };
const optionalName: SchemaObject = { type: 'string', maxLength: 63, pattern: `^(${NAME})?$` };
const duration: SchemaObject = { type: 'string', pattern: '^([0-9]+(h|m|s))+$' };
const seconds: SchemaObject = { type: 'integer', minimum: 0, maximum: 3600 };
const quantities: SchemaObject = { type: 'object', additionalProperties: { type: ['string', 'number'] } };

function closed(properties: Readonly<Record<string, SchemaObject>>, required: readonly string[] = []): SchemaObject {
  return { type: 'object', additionalProperties: false, ...(required.length > 0 && { required }), properties };
}

const WEBHOOK: Readonly<Record<string, SchemaObject>> = {
  failurePolicy: { type: 'string', enum: ['Fail', 'Ignore'] },
  // What the API server accepts.
  timeoutSeconds: { type: 'integer', minimum: 1, maximum: 30 },
};

/** What each value may be, by its path. */
function leaves(bundles: readonly string[]): Readonly<Record<string, SchemaObject>> {
  return {
    replicas: { type: 'integer', minimum: 1 },
    'image.repository': { type: 'string', pattern: '^[^\\s@]+$' },
    'image.tag': { type: 'string', pattern: '^(\\w[\\w.-]{0,127})?$' },
    'image.digest': { type: 'string', pattern: '^(sha256:[a-f0-9]{64})?$' },
    'image.pullPolicy': { type: 'string', enum: ['Always', 'IfNotPresent', 'Never'] },
    'image.pullSecrets': { type: 'array', items: closed({ name: { type: 'string', minLength: 1 } }, ['name']) },
    nameOverride: optionalName,
    fullnameOverride: optionalName,
    bundles: { type: 'array', uniqueItems: true, items: { type: 'string', enum: bundles } },
    policies: { type: 'array', items: forHelm(ISOLATION_POLICY_SCHEMA) },
    excludedNamespaces: {
      type: 'array',
      uniqueItems: true,
      items: { type: 'string', maxLength: 63, pattern: `^${NAME}$` },
    },
    ...Object.fromEntries(
      ['fill', 'enforce', 'advise', 'policies'].flatMap((entry) =>
        Object.entries(WEBHOOK).map(([key, schema]) => [`webhooks.${entry}.${key}`, schema]),
      ),
    ),
    'certificates.certManager.enabled': flag,
    'certificates.certManager.namespace': optionalName,
    'certificates.certManager.duration': duration,
    'certificates.certManager.renewBefore': duration,
    'certificates.existingSecret.name': { type: 'string', maxLength: 253, pattern: `^(${NAME}(\\.${NAME})*)?$` },
    // What has to be in it is in templates/validate.yaml: of a pattern Helm 4 prints what does not match.
    'certificates.existingSecret.caBundle': text,
    'crds.enabled': flag,
    'crds.keep': flag,
    'serviceAccount.name': { type: 'string', maxLength: 253, pattern: `^(${NAME}(\\.${NAME})*)?$` },
    'serviceAccount.annotations': texts,
    logLevel: { type: 'string', enum: ['error', 'warn', 'info', 'debug', 'silent'] },
    'metrics.enabled': flag,
    // Below 1024 a user who is not root may not listen everywhere.
    'metrics.port': { type: 'integer', minimum: 1024, maximum: 65535 },
    'metrics.serviceAnnotations': texts,
    'shutdown.drainSeconds': seconds,
    'shutdown.deadlineSeconds': seconds,
    'shutdown.gracePeriodSeconds': seconds,
    'podDisruptionBudget.enabled': flag,
    'podDisruptionBudget.maxUnavailable': {
      type: ['integer', 'string'],
      minimum: 1,
      pattern: '^[1-9][0-9]?%$',
    },
    resources: closed({ requests: quantities, limits: quantities }),
    // The one of ours replaces the pods when policies change.
    podAnnotations: { ...texts, propertyNames: { not: { const: 'checksum/policies' } } },
    podLabels: {
      ...texts,
      propertyNames: {
        not: { pattern: '^(helm\\.sh/chart|app\\.kubernetes\\.io/(name|instance|version|managed-by))$' },
      },
    },
    priorityClassName: text,
    nodeSelector: texts,
    tolerations: {
      type: 'array',
      items: closed({
        key: text,
        operator: { type: 'string', enum: ['Exists', 'Equal', 'Lt', 'Gt'] },
        value: text,
        effect: { type: 'string', enum: ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] },
        tolerationSeconds: { type: 'integer' },
      }),
    },
    // What is in them the API server checks.
    affinity: closed({
      nodeAffinity: { type: 'object' },
      podAffinity: { type: 'object' },
      podAntiAffinity: { type: 'object' },
    }),
  };
}

/** A value as the schema and the docs list it: a group of others, or one that is set as a whole. */
export interface ListedValue extends ChartValue {
  readonly schema: SchemaObject | undefined;
}

/**
 * The values of values.yaml with what each may be.
 * @param bundles the names of the shipped bundles
 * @throws Error where a value has no schema, or a schema no value
 */
export function listValues(values: readonly ChartValue[], bundles: readonly string[]): readonly ListedValue[] {
  const schemas = new Map(Object.entries(leaves(bundles)));
  const listed: ListedValue[] = [];
  for (const value of values) {
    if (isInside(value.path, schemas)) continue;
    const schema = schemas.get(value.path);
    const isGroup = values.some((other) => other.path.startsWith(`${value.path}.`));
    if (!schema && !isGroup) throw new Error(`values.yaml: ${value.path} has no schema`);
    listed.push({ ...value, schema });
  }
  for (const path of schemas.keys()) {
    if (!listed.some((value) => value.path === path))
      throw new Error(`values.yaml: there is no ${path}, which has a schema`);
  }
  return listed;
}

function isInside(path: string, schemas: ReadonlyMap<string, SchemaObject>): boolean {
  return [...schemas.keys()].some((whole) => path.startsWith(`${whole}.`));
}

/** The text of values.schema.json. */
export function valuesSchema(values: readonly ListedValue[]): string {
  const root = groupOf(values, '');
  const properties = {
    ...root.properties,
    // Helm gives it to every chart that is part of another.
    global: { type: 'object', description: "Helm's own, for charts within charts. Nothing here reads it." },
  };
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Values of the chart',
    ...root,
    properties,
  };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

/** Every key is required: Helm fills in the defaults first, so one that is missing was set to null. */
function groupOf(values: readonly ListedValue[], prefix: string): SchemaObject & { readonly properties: object } {
  const members = values.filter(({ path }) => path.startsWith(prefix) && !path.slice(prefix.length).includes('.'));
  const keyOf = ({ path }: ListedValue): string => path.slice(prefix.length);
  const properties = members.map((value): [string, SchemaObject] => {
    const schema = value.schema ?? groupOf(values, `${value.path}.`);
    return [keyOf(value), value.comment === '' ? schema : { description: value.comment, ...schema }];
  });
  return {
    type: 'object',
    additionalProperties: false,
    required: members.map(keyOf),
    properties: Object.fromEntries(properties),
  };
}

/** A schema of ours in the words that Helm understands. What it cannot check, the server does when it starts. */
function forHelm(schema: SchemaObject): SchemaObject {
  const { $schema: _, title: __, ...rest } = schema;
  return Object.fromEntries(Object.entries(rest).flatMap(([key, value]) => keywordForHelm(key, value)));
}

function keywordForHelm(key: string, value: unknown): readonly (readonly [string, unknown])[] {
  if (key === 'errorMessage') return [];
  if (key === 'pattern' && typeof value === 'string' && value.includes('(?')) return [];
  if (key === 'dependentRequired') return [['dependencies', value]];
  if (Array.isArray(value)) {
    return [[key, value.map((member: unknown) => (isJsonObject(member) ? forHelm(member) : member))]];
  }
  if (!isJsonObject(value) || key === 'default' || key === 'const') return [[key, value]];
  if (key === 'properties') {
    // Its keys are names of fields, not words of the schema.
    const members = Object.entries(value).map(([name, member]) => [
      name,
      isJsonObject(member) ? forHelm(member) : member,
    ]);
    return [[key, Object.fromEntries(members)]];
  }
  return [[key, forHelm(value)]];
}
