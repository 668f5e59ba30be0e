// One event of an audit log, as the request that it was. https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/
import { isJsonObject, type JsonObject, ownField, stringField } from '../../model/json.ts';
import type { GroupVersionKind, Subject, UserInfo } from '../../model/subject.ts';
import type { WorkloadTable } from '../../workloads/table.ts';
import type { Workload } from '../../workloads/workload.ts';

/** Why a request of a workload is not judged although it may have changed what runs. */
export type UnjudgedRequest = 'metadata-level' | 'patch-without-response' | 'truncated' | 'no-object';

/** Why an event is none of ours. */
export type PassedOver = 'other-stage' | 'read' | 'refused' | 'other';

/** What an event comes to. */
export type ReadEvent =
  | { readonly is: 'request'; readonly request: LoggedRequest }
  | { readonly is: 'deleted'; readonly key: string }
  | { readonly is: 'unjudged'; readonly why: UnjudgedRequest }
  | { readonly is: 'passed-over'; readonly why: PassedOver }
  | { readonly is: 'no-event' };

/** A request, with what the log says of its outcome. */
export interface LoggedRequest {
  /** Without the old object, which no event has. */
  readonly subject: Subject;
  readonly apiVersion: string;
  readonly object: JsonObject;
  /** What tells the object from others, for what later events say of it; empty while it has no name. */
  readonly key: string;
  /** As it was stored; undefined where it was not, or the event does not say. */
  readonly stored: JsonObject | undefined;
  /** When it came, as the API server wrote it. */
  readonly at: string;
  /** Of the reply; 0 where the event does not say. */
  readonly code: number;
}

const OPERATIONS: Readonly<Record<string, 'CREATE' | 'UPDATE'>> = {
  create: 'CREATE',
  update: 'UPDATE',
  patch: 'UPDATE',
};
const DELETIONS: ReadonlySet<string> = new Set(['delete', 'deletecollection']);
const TRUNCATED = 'audit.k8s.io/truncated';
/** Of requests that connect somewhere: `kubectl exec` is a creation to the audit log. */
const CONNECTING: ReadonlySet<string> = new Set(['attach', 'exec', 'portforward', 'proxy']);

/**
 * What the API server writes first, in this order (k8s.io/apiserver, pkg/apis/audit/v1, type Event): nearly all events are
 * reads, and are told by this alone.
 */
const BEGINNING =
  /^\{"kind":"Event","apiVersion":"audit\.k8s\.io\/v1","level":"\w+","auditID":"[^"\\]*","stage":"(\w+)","requestURI":"(?:[^"\\]|\\.)*","verb":"(\w+)"/;

/** True for the line of an event that cannot have changed anything, as far as its beginning tells. */
export function changesNothing(line: string): boolean {
  const [, stage, verb = ''] = BEGINNING.exec(line) ?? [];
  if (stage === undefined) return false;
  return stage !== 'ResponseComplete' || (!Object.hasOwn(OPERATIONS, verb) && !DELETIONS.has(verb));
}

/** The events of one line: several in the list that a webhook backend is sent. */
export function eventsOf(value: unknown): readonly unknown[] {
  const items = ownField(value, 'items');
  return ownField(value, 'kind') === 'EventList' && Array.isArray(items) ? items : [value];
}

/** Reads an event. Never throws. */
export function readEvent(event: unknown, workloads: WorkloadTable): ReadEvent {
  if (!isJsonObject(event) || event.kind !== 'Event' || !String(event.apiVersion).startsWith('audit.k8s.io/'))
    return { is: 'no-event' };
  if (event.stage !== 'ResponseComplete') return { is: 'passed-over', why: 'other-stage' };
  const verb = stringField(event, 'verb') ?? '';
  const ref = ownField(event, 'objectRef');
  const subresource = stringField(ref, 'subresource') ?? '';
  const key = keyOf(ref, stringField(ref, 'name') ?? '');
  if (DELETIONS.has(verb)) return subresource === '' ? { is: 'deleted', key } : { is: 'passed-over', why: 'other' };
  const operation = Object.hasOwn(OPERATIONS, verb) ? OPERATIONS[verb] : undefined;
  if (!operation) return { is: 'passed-over', why: 'read' };
  if (CONNECTING.has(subresource)) return { is: 'passed-over', why: 'other' };
  const code = Number(ownField(ownField(event, 'responseStatus'), 'code') ?? 0);
  const workload = workloadOf(ref, workloads);
  const given = objectOf(event, verb);
  if (typeof given === 'string') {
    // Of other resources the log need not have more.
    if (!workload || !mayChange(workload, subresource)) return { is: 'passed-over', why: 'other' };
    if (code >= 400 && given !== 'metadata-level') return { is: 'passed-over', why: 'refused' };
    return { is: 'unjudged', why: given };
  }
  return { is: 'request', request: requestOf(event, given, { verb, operation, subresource, code, ref }) };
}

/** What a verb and a reference make of an event. */
interface Asked {
  readonly verb: string;
  readonly operation: 'CREATE' | 'UPDATE';
  readonly subresource: string;
  readonly code: number;
  readonly ref: unknown;
}

function requestOf(
  event: JsonObject,
  object: JsonObject,
  { verb, operation, subresource, code, ref }: Asked,
): LoggedRequest {
  const metadata = ownField(object, 'metadata');
  const response = ownField(event, 'responseObject');
  const stored = code < 400 && isJsonObject(response) && response.kind === object.kind ? response : undefined;
  const name =
    stringField(ref, 'name') ?? stringField(metadata, 'name') ?? stringField(ownField(stored, 'metadata'), 'name');
  const apiVersion = stringField(object, 'apiVersion') ?? '';
  const isDryRun = isDryRunOf(stringField(event, 'requestURI') ?? '');
  const subject: Subject = {
    kind: kindOf(apiVersion, stringField(object, 'kind') ?? ''),
    resource: stringField(ref, 'resource') ?? '',
    subresource,
    // Whoever applies an object that is not there, or puts one, creates it.
    operation: verb !== 'create' && code === 201 ? 'CREATE' : operation,
    name: stringField(ref, 'name') ?? stringField(metadata, 'name'),
    generateName: stringField(metadata, 'generateName'),
    namespace: stringField(ref, 'namespace') ?? stringField(metadata, 'namespace') ?? '',
    user: userOf(ownField(event, 'impersonatedUser') ?? ownField(event, 'user')),
    dryRun: isDryRun,
    object,
  };
  const at = stringField(event, 'requestReceivedTimestamp') ?? '';
  const isWhole = subresource === '' || subresource === 'ephemeralcontainers' || subresource === 'resize';
  return {
    subject,
    apiVersion,
    object,
    key: keyOf(ref, name ?? ''),
    stored: isDryRun || !isWhole ? undefined : stored,
    at,
    code,
  };
}

/** The object to judge, or why there is none. A patch says only what changes: what came of it is in the response. */
function objectOf(event: JsonObject, verb: string): JsonObject | UnjudgedRequest {
  const object = ownField(event, verb === 'patch' ? 'responseObject' : 'requestObject');
  if (isJsonObject(object) && object.kind !== 'Status' && object.kind !== undefined) return object;
  if (event.level === 'Metadata') return 'metadata-level';
  if (stringField(ownField(event, 'annotations'), TRUNCATED) === 'true') return 'truncated';
  return verb === 'patch' ? 'patch-without-response' : 'no-object';
}

function workloadOf(ref: unknown, { rows }: WorkloadTable): Workload | undefined {
  const group = stringField(ref, 'apiGroup') ?? '';
  const resource = stringField(ref, 'resource');
  return rows.find((row) => row.group === group && row.resource === resource);
}

function mayChange({ subresources }: Workload, subresource: string): boolean {
  return subresource === '' || subresources.includes(subresource);
}

function keyOf(ref: unknown, name: string): string {
  if (name === '') return '';
  return JSON.stringify([
    ownField(ref, 'apiGroup') ?? '',
    ownField(ref, 'resource'),
    ownField(ref, 'namespace') ?? '',
    name,
  ]);
}

/** `dryRun=All` in the query of the request: the event says it nowhere else. */
function isDryRunOf(uri: string): boolean {
  const at = uri.indexOf('?');
  return at !== -1 && new URLSearchParams(uri.slice(at)).getAll('dryRun').includes('All');
}

function userOf(user: unknown): UserInfo {
  const groups = ownField(user, 'groups');
  const uid = stringField(user, 'uid');
  const extra = ownField(user, 'extra');
  return {
    username: stringField(user, 'username') ?? '',
    groups: Array.isArray(groups) ? groups.filter((group) => typeof group === 'string') : [],
    ...(uid && { uid }),
    ...(isJsonObject(extra) && { extra: listsIn(extra) }),
  };
}

function listsIn(extra: JsonObject): Record<string, readonly string[]> {
  return Object.fromEntries(
    Object.entries(extra).map(([key, list]) => [
      key,
      Array.isArray(list) ? list.filter((item) => typeof item === 'string') : [],
    ]),
  );
}

function kindOf(apiVersion: string, kind: string): GroupVersionKind {
  const slash = apiVersion.indexOf('/');
  return { group: slash === -1 ? '' : apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1), kind };
}
