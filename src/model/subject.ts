// What is being judged: one object, who asks, and what they want done with it.
import type { JsonObject } from './json.ts';

export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

export interface UserInfo {
  readonly username: string;
  readonly groups: readonly string[];
  readonly uid?: string;
  /** What an authenticator knows beside; asked about in a SubjectAccessReview. */
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** One request about one object, from an AdmissionReview or made up from a file. */
export interface Subject {
  readonly kind: GroupVersionKind;
  /** Plural, lower case: `pods`. */
  readonly resource: string;
  /** Empty for the object itself; `ephemeralcontainers`, `status` and so on. */
  readonly subresource: string;
  /** As the API server knows them. `CREATE | UPDATE | DELETE | CONNECT`, or a word not known yet. */
  readonly operation: string;
  /** Absent in a mutating review of an object with generateName. */
  readonly name?: string | undefined;
  readonly generateName?: string | undefined;
  /** Empty for cluster-scoped objects. */
  readonly namespace: string;
  readonly user: UserInfo;
  readonly dryRun: boolean;
  readonly object?: JsonObject | undefined;
  readonly oldObject?: JsonObject | undefined;
}

/** The name to call an object by: its own, or `generateName*` while it has none. */
export function displayName(subject: Pick<Subject, 'name' | 'generateName'>): string {
  if (subject.name) return subject.name;
  return subject.generateName ? `${subject.generateName}*` : '';
}
