// The chart as Helm renders it.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { isJsonObject, type JsonObject, ownField, stringField } from '../../src/model/json.ts';
import { helm } from '../support/helm.ts';

export const CHART = resolve(import.meta.dirname, '../../charts/sandgate');
export const NAMESPACE = 'sandgate';

/** `policies` with one policy, which these changes are made to: for `--set-json`. */
export function policyValue(changes: JsonObject): string {
  const policy = { apiVersion: 'sandgate.dev/v1alpha1', kind: 'IsolationPolicy', metadata: { name: 'a' }, spec: {} };
  return `policies=${JSON.stringify([{ ...policy, ...changes }])}`;
}

/** The names of our definitions of custom resources. */
export const DEFINITIONS: readonly string[] = readdirSync(join(CHART, 'crds')).flatMap((file) =>
  objectsIn(readFileSync(join(CHART, 'crds', file), 'utf8')).map(nameOf),
);

/** A set of values that comes with the chart. */
export interface ValueSet {
  readonly name: string;
  /** Empty for the defaults. */
  readonly file: string;
  /** How Helm is told of it. */
  readonly args: readonly string[];
}

const DEFAULTS: ValueSet = { name: 'defaults', file: '', args: [] };
export const EXISTING_SECRET = valueSet('existing-secret');
export const EVERY_VALUE = valueSet('every-value');
export const LEAST = valueSet('least');
export const HOST_NETWORK = valueSet('host-network');
export const VALUE_SETS: readonly ValueSet[] = [DEFAULTS, EXISTING_SECRET, EVERY_VALUE, LEAST, HOST_NETWORK];

/** One for each kind of cluster. */
export const CLUSTERS: readonly ValueSet[] = ['aks', 'eks', 'gke', 'openshift', 'k3s'].map(valueSet);

function valueSet(name: string): ValueSet {
  const file = join(CHART, 'ci', `${name}-values.yaml`);
  return { name, file, args: ['--values', file] };
}

interface Rendering {
  readonly run?: typeof helm;
  readonly release?: string;
  /** With what `helm test` and `helm uninstall` run, which no install makes. */
  readonly hooks?: boolean;
}

/** What was asked before: a test of one value looks at the defaults, too. */
const printed = new Map<string, Promise<string>>();

/** What `helm template` prints. Rejects with what it says instead, where it refuses. */
export function templateText(args: readonly string[] = [], rendering: Rendering = {}): Promise<string> {
  const { run = helm, release = 'sandgate', hooks = false } = rendering;
  const all = hooks ? args : ['--no-hooks', ...args];
  const key = JSON.stringify([all, release, run === helm]);
  const known = printed.get(key) ?? render(run, ['template', release, CHART, '--namespace', NAMESPACE, ...all]);
  printed.set(key, known);
  return known;
}

async function render(run: typeof helm, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run(args);
  if (code !== 0) throw new Error(stderr);
  return stdout;
}

/** The objects of the chart, in Helm's order. */
export async function template(
  args: readonly string[] = [],
  rendering: Rendering = {},
): Promise<readonly JsonObject[]> {
  return objectsIn(await templateText(args, rendering));
}

/** Every document of a YAML text, as the API server would read it. */
export function objectsIn(text: string): readonly JsonObject[] {
  return parseAllDocuments(text, { version: '1.1' }).flatMap((document) => {
    if (document.errors.length > 0) throw document.errors[0] ?? new Error('unreachable');
    const value: unknown = document.toJS();
    if (value === null) return [];
    if (!isJsonObject(value)) throw new Error(`not an object: ${JSON.stringify(value)}`);
    return [value];
  });
}

/** The object of a kind, and of a name where there are several. */
export function find(objects: readonly JsonObject[], kind: string, name?: string): JsonObject {
  const found = objects.filter((object) => object.kind === kind && (name === undefined || nameOf(object) === name));
  if (found.length === 1 && found[0]) return found[0];
  throw new Error(`expected one ${kind} ${name ?? ''}, found ${found.length} in ${objects.map(titleOf).join(', ')}`);
}

/** The webhook configurations: those that the chart registers, or those that it has the server register. */
export function configurationsIn(objects: readonly JsonObject[]): readonly JsonObject[] {
  const maps = objects.filter((object) => object.kind === 'ConfigMap' && nameOf(object).endsWith('-webhooks'));
  const texts = maps.map((map) => stringField(ownField(map, 'data'), 'webhooks.yaml') ?? '');
  return [...objects, ...texts.flatMap(objectsIn)].filter(({ kind }) => String(kind).endsWith('WebhookConfiguration'));
}

export function nameOf(object: JsonObject): string {
  return stringField(ownField(object, 'metadata'), 'name') ?? '';
}

/** `Service/sandgate-metrics`. */
export function titleOf(object: JsonObject): string {
  return `${String(object.kind)}/${nameOf(object)}`;
}

/** The value at a path of keys and indexes. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let inside = value;
  for (const key of path) inside = Array.isArray(inside) ? inside[Number(key)] : ownField(inside, String(key));
  return inside;
}
