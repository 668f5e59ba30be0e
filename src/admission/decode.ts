// Reads an AdmissionReview. Every field is checked: anyone who reaches the port can send anything.
import { isJsonObject, type JsonObject, ownField, stringField } from '../model/json.ts';
import { shortLine } from '../model/one-line.ts';
import type { GroupVersionKind, Subject, UserInfo } from '../model/subject.ts';
import { REVIEW_API_VERSION, REVIEW_KIND } from './review.ts';

/** The request of a review, or what is wrong with the body. */
export type Decoded =
  | { readonly ok: true; readonly uid: string; readonly subject: Subject }
  | { readonly ok: false; readonly problem: string };

/** Reads the request of an AdmissionReview. Never throws. */
export function decodeReview(body: unknown): Decoded {
  const problem = envelopeProblem(body);
  if (problem !== undefined) return { ok: false, problem };
  const fields = new RequestFields(ownField(body, 'request'));
  const uid = fields.string('uid');
  const subject = readSubject(fields);
  return fields.problem === undefined ? { ok: true, uid, subject } : { ok: false, problem: fields.problem };
}

function envelopeProblem(body: unknown): string | undefined {
  if (!isJsonObject(body)) return `expected an AdmissionReview, got ${nameOf(body)}`;
  const kind = ownField(body, 'kind');
  if (kind !== REVIEW_KIND) return `kind: expected ${REVIEW_KIND}, got ${nameOf(kind)}`;
  const apiVersion = ownField(body, 'apiVersion');
  if (apiVersion === 'admission.k8s.io/v1beta1') {
    return `apiVersion: expected ${REVIEW_API_VERSION}, got ${apiVersion}: list v1 in the webhook's admissionReviewVersions`;
  }
  if (apiVersion !== REVIEW_API_VERSION) return `apiVersion: expected ${REVIEW_API_VERSION}, got ${nameOf(apiVersion)}`;
  const request = ownField(body, 'request');
  return isJsonObject(request) ? undefined : `request: expected an object, got ${nameOf(request)}`;
}

function readSubject(fields: RequestFields): Subject {
  const object = fields.object('object');
  const metadata = ownField(object ?? fields.object('oldObject'), 'metadata');
  const name = fields.optionalString('name') ?? '';
  return {
    kind: readKind(fields),
    resource: readResource(fields),
    subresource: fields.optionalString('subResource') ?? '',
    operation: fields.string('operation'),
    name: name === '' ? stringField(metadata, 'name') : name,
    generateName: stringField(metadata, 'generateName'),
    namespace: fields.optionalString('namespace') ?? '',
    user: readUser(fields),
    dryRun: fields.boolean('dryRun'),
    object,
    oldObject: fields.object('oldObject'),
  };
}

function readKind(fields: RequestFields): GroupVersionKind {
  const kind = fields.inside('kind');
  return { group: kind.string('group'), version: kind.string('version'), kind: kind.string('kind') };
}

function readResource(fields: RequestFields): string {
  const resource = fields.inside('resource');
  resource.string('group');
  resource.string('version');
  return resource.string('resource');
}

function readUser(fields: RequestFields): UserInfo {
  const user = fields.optionalInside('userInfo');
  const username = user?.optionalString('username') ?? '';
  const groups = user?.strings('groups') ?? [];
  const uid = user?.optionalString('uid') ?? '';
  const extra = user?.stringLists('extra');
  return { username, groups, ...(uid !== '' && { uid }), ...(extra && { extra }) };
}

/** Reads the fields of one object, remembering the first that is not what it should be. */
class RequestFields {
  readonly #object: unknown;
  readonly #path: string;
  readonly #parent: RequestFields | undefined;
  #problem: string | undefined;

  constructor(object: unknown, path = 'request', parent?: RequestFields) {
    this.#object = object;
    this.#path = path;
    this.#parent = parent;
  }

  get problem(): string | undefined {
    return this.#problem;
  }

  string(key: string): string {
    return this.#expect(key, ownField(this.#object, key), isString, 'a string') ?? '';
  }

  /** Absent, null and empty are the same to the API server, which leaves empty strings out. */
  optionalString(key: string): string | undefined {
    return this.#optional(key, isString, 'a string or nothing');
  }

  boolean(key: string): boolean {
    return this.#optional(key, isBoolean, 'true, false or nothing') ?? false;
  }

  object(key: string): JsonObject | undefined {
    return this.#optional(key, isJsonObject, 'an object or null');
  }

  strings(key: string): readonly string[] {
    return this.#optional(key, isStringList, 'a list of strings or nothing') ?? [];
  }

  /** Handed on as it came, but for lists that are null, which is how Go writes an empty one. */
  stringLists(key: string): Lists<readonly string[]> | undefined {
    const lists = this.#optional(key, isStringLists, 'lists of strings by name, or nothing');
    if (!lists || hasNoNull(lists)) return lists;
    return Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, list ?? []]));
  }

  inside(key: string): RequestFields {
    const object = this.#expect(key, ownField(this.#object, key), isJsonObject, 'an object');
    return new RequestFields(object, `${this.#path}.${key}`, this);
  }

  optionalInside(key: string): RequestFields | undefined {
    const object = this.object(key);
    return object && new RequestFields(object, `${this.#path}.${key}`, this);
  }

  #optional<T>(key: string, is: (value: unknown) => value is T, expected: string): T | undefined {
    const value = ownField(this.#object, key);
    return value === undefined || value === null ? undefined : this.#expect(key, value, is, expected);
  }

  #expect<T>(key: string, value: unknown, is: (value: unknown) => value is T, expected: string): T | undefined {
    if (is(value)) return value;
    this.#report(`${this.#path}.${key}: expected ${expected}, got ${nameOf(value)}`);
    return undefined;
  }

  #report(problem: string): void {
    if (this.#parent) this.#parent.#report(problem);
    else this.#problem ??= problem;
  }
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

function isStringList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isString);
}

type Lists<List> = Readonly<Record<string, List>>;

function isStringLists(value: unknown): value is Lists<readonly string[] | null> {
  return isJsonObject(value) && Object.values(value).every((list) => list === null || isStringList(list));
}

function hasNoNull<List>(lists: Lists<List | null>): lists is Lists<List> {
  return Object.values(lists).every((list) => list !== null);
}

/** A value in a few words: its type, or the string itself. */
function nameOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return `"${shortLine(value, 80)}"`;
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
