// Containers and volumes in the form in which the API server stores them, for comparing only: with its defaults, and without
// empty fields. Pods arrive with the defaults applied; custom resources and the templates of classes do not.
// Source: k8s.io/kubernetes/pkg/apis/core/v1/defaults.go; each case was seen on a recorded review.

import { defaultPullPolicy } from '../images/pull-policy.ts';
import { nanosOf, plainNumber } from '../kubernetes/quantity.ts';
import { isJsonObject, type JsonObject, stringField } from '../model/json.ts';

/** Deeper than anything in a container or volume, and shallow enough to walk by recursion. */
const DEEPEST = 24;
/** Stands for anything nested deeper than Kubernetes has fields. NaN equals nothing, not even itself. */
const TOO_DEEP = Number.NaN;

type Fields = Record<string, unknown>;

/** A container as the API server would store it. Total for any JSON. */
export function canonicalContainer(container: unknown): JsonObject {
  const fields = prunedFields(container);
  fields.terminationMessagePath ??= '/dev/termination-log';
  fields.terminationMessagePolicy ??= 'File';
  fields.imagePullPolicy ??= defaultPullPolicy(stringField(fields, 'image') ?? '');
  for (const flag of ['stdin', 'stdinOnce', 'tty']) if (fields[flag] === false) delete fields[flag];
  for (const port of members(fields.ports)) {
    port.protocol ??= 'TCP';
    if (port.hostPort === 0) delete port.hostPort;
  }
  for (const variable of members(fields.env)) defaultSource(variable.valueFrom);
  for (const mount of members(fields.volumeMounts)) if (mount.readOnly === false) delete mount.readOnly;
  for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe']) defaultProbe(fields[probe]);
  if (isFields(fields.lifecycle)) for (const handler of Object.values(fields.lifecycle)) defaultHandler(handler);
  if (isFields(fields.resources)) fields.resources = canonicalResources(fields.resources);
  if (isFields(fields.securityContext) && fields.securityContext.procMount === 'Default') {
    delete fields.securityContext.procMount;
  }
  return fields;
}

/** An environment variable as the API server would store it. Total for any JSON. */
export function canonicalVariable(variable: unknown): JsonObject {
  const fields = prunedFields(variable);
  defaultSource(fields.valueFrom);
  return fields;
}

/** A volume as the API server would store it. Total for any JSON. */
export function canonicalVolume(volume: unknown): JsonObject {
  const fields = prunedFields(volume);
  const sources = isJsonObject(volume) ? Object.keys(volume).filter((key) => key !== 'name') : [];
  // An empty source (`emptyDir: {}`) still says which kind of volume it is, so it is kept.
  for (const source of sources) if (isJsonObject(volume) && isJsonObject(volume[source])) fields[source] ??= {};
  if (Object.keys(fields).every((key) => key === 'name')) fields.emptyDir = {};
  for (const kind of ['configMap', 'secret', 'projected', 'downwardAPI']) {
    const source = fields[kind];
    if (!isFields(source)) continue;
    source.defaultMode ??= 420;
    for (const item of members(source.items)) defaultSource(item);
    for (const projection of members(source.sources)) {
      if (isFields(projection.serviceAccountToken)) projection.serviceAccountToken.expirationSeconds ??= 3600;
      if (isFields(projection.downwardAPI)) {
        for (const item of members(projection.downwardAPI.items)) defaultSource(item);
      }
    }
  }
  for (const [kind, defaults] of Object.entries(SOURCE_DEFAULTS)) {
    const source = fields[kind];
    if (isFields(source)) for (const [key, value] of Object.entries(defaults)) source[key] ??= value;
  }
  const { emptyDir, ephemeral, image } = fields;
  if (isFields(emptyDir) && emptyDir.sizeLimit !== undefined)
    emptyDir.sizeLimit = canonicalQuantity(emptyDir.sizeLimit);
  if (isFields(image)) image.pullPolicy ??= defaultPullPolicy(stringField(image, 'reference') ?? '');
  if (isFields(ephemeral) && isFields(ephemeral.volumeClaimTemplate)) {
    const { spec } = ephemeral.volumeClaimTemplate;
    if (isFields(spec)) {
      spec.volumeMode ??= 'Filesystem';
      if (isFields(spec.resources)) spec.resources = canonicalResources(spec.resources);
    }
  }
  return fields;
}

/** Any other part of a pod, without its empty fields; undefined where nothing is left. */
export function canonicalValue(value: unknown): unknown {
  return pruned(value, 0);
}

/** Maps with keys of the user's own, in which an entry with an empty value still counts. */
const MAPS = new Set([
  'annotations',
  'labels',
  'matchLabels',
  'nodeSelector',
  'options',
  'userAnnotations',
  'volumeAttributes',
]);
/** An empty selector selects everything, an absent one nothing. */
const SELECTORS = new Set(['labelSelector', 'selector']);

/**
 * Empty values that the API server tells apart from absent ones, in the form it stores them in: an empty StorageClass name
 * does not mean the default class, an empty selector is not an absent one. Undefined for anything else.
 * @param inside the key of the object around it
 */
function emptyThatCounts(key: string, member: unknown, inside: string): unknown {
  if (member === '') return key === 'storageClassName' || MAPS.has(inside) ? '' : undefined;
  return SELECTORS.has(key) && isJsonObject(member) ? {} : undefined;
}

/** The value without what the API server treats as absent: null, empty strings, empty lists, empty objects. */
function pruned(value: unknown, depth: number, name = ''): unknown {
  if (value === null || value === '') return undefined;
  if (typeof value !== 'object') return value;
  if (depth > DEEPEST) return TOO_DEEP;
  if (Array.isArray(value)) {
    if (value.length === 0) return undefined;
    // Members keep their places: an empty argument is one.
    return value.map((member: unknown) => (member === '' ? '' : (pruned(member, depth + 1) ?? null)));
  }
  const fields: Fields = {};
  let any = false;
  for (const [key, member] of Object.entries(value)) {
    const kept = pruned(member, depth + 1, key) ?? emptyThatCounts(key, member, name);
    if (kept === undefined) continue;
    // Assigning to `__proto__` would set the prototype instead of a key.
    if (key === '__proto__') Object.defineProperty(fields, key, { value: kept, enumerable: true, configurable: true });
    else fields[key] = kept;
    any = true;
  }
  return any ? fields : undefined;
}

function prunedFields(value: unknown): Fields {
  const fields = pruned(value, 0);
  return isFields(fields) ? fields : {};
}

/** For values made by `pruned` only, which are copies and so may be written to. */
function isFields(value: unknown): value is Fields {
  return isJsonObject(value);
}

function members(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}

/** Applies the defaults of a variable's `valueFrom`, or of a file of a downwardAPI volume. */
function defaultSource(holder: unknown): void {
  if (!isFields(holder)) return;
  const { fieldRef, resourceFieldRef, fileKeyRef } = holder;
  if (isFields(fieldRef)) fieldRef.apiVersion ??= 'v1';
  // Not in defaults.go: `divisor` is a resource.Quantity, which is serialised as `0` where it is not set.
  if (isFields(resourceFieldRef)) resourceFieldRef.divisor = canonicalQuantity(resourceFieldRef.divisor ?? '0');
  if (isFields(fileKeyRef)) fileKeyRef.optional ??= false;
}

/** Volume sources that need nothing but their defaults. */
const SOURCE_DEFAULTS: Readonly<Record<string, JsonObject>> = {
  iscsi: { iscsiInterface: 'default' },
  rbd: { pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' },
  azureDisk: { cachingMode: 'ReadWrite', fsType: 'ext4', readOnly: false, kind: 'Shared' },
  scaleIO: { storageMode: 'ThinProvisioned', fsType: 'xfs' },
};

function defaultProbe(probe: unknown): void {
  if (!isFields(probe)) return;
  probe.timeoutSeconds ??= 1;
  probe.periodSeconds ??= 10;
  probe.successThreshold ??= 1;
  probe.failureThreshold ??= 3;
  if (probe.initialDelaySeconds === 0) delete probe.initialDelaySeconds;
  defaultHandler(probe);
}

function defaultHandler(handler: unknown): void {
  if (!isFields(handler) || !isFields(handler.httpGet)) return;
  handler.httpGet.path ??= '/';
  handler.httpGet.scheme ??= 'HTTP';
}

/** Where a resource has a limit and no request, the request defaults to the limit. */
function canonicalResources(resources: Fields): Fields {
  const limits = canonicalQuantities(resources.limits);
  const requests = { ...limits, ...canonicalQuantities(resources.requests) };
  const kept: Fields = { ...resources };
  if (Object.keys(limits).length > 0) kept.limits = limits;
  if (Object.keys(requests).length > 0) kept.requests = requests;
  return kept;
}

function canonicalQuantities(quantities: unknown): Fields {
  if (!isFields(quantities)) return {};
  return Object.fromEntries(Object.entries(quantities).map(([key, value]) => [key, canonicalQuantity(value)]));
}

/** The quantity as a plain number; anything that is not a valid quantity stays as it is, and so differs. */
function canonicalQuantity(value: unknown): unknown {
  const nanos = nanosOf(value);
  return nanos === undefined ? value : plainNumber(nanos);
}
