// What the library takes and returns. This file imports nothing: its declarations are those that ship, and the fields are those of
// `sandgate check -o json`, which docs/check-json.md describes. Field names are stable; fields may be added.

/** A text, by the name that messages and results call it by. */
export interface SourceFile {
  readonly file: string;
  /** YAML, JSON, several documents or Lists, as kubectl takes them. */
  readonly text: string;
}

/** A place in a file. Lines and columns count from 1; 0 means the file as a whole. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A mistake in a file, or a warning about it. */
export interface Problem extends Place {
  /** What is wrong, and in brackets what was expected. */
  readonly message: string;
}

/** Policies and capability classes in force, to hand to the other functions. It does not change. */
export interface Policies {
  /** The names of the policies, in order of priority. */
  readonly policies: readonly string[];
  /** The names of the capability classes. */
  readonly classes: readonly string[];
}

/** Policies, or everything that is wrong with them. Warnings come in either case. */
export type LoadedPolicies =
  | { readonly ok: true; readonly policies: Policies; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[]; readonly warnings: readonly Problem[] };

/** Who creates the objects. */
export interface User {
  readonly username: string;
  readonly groups?: readonly string[];
}

/** What a cluster would know. Everything can be left out. */
export interface Surroundings {
  /** Files with Namespaces, Nodes, RuntimeClasses, Roles, bindings and exceptions; other objects in them are ignored. */
  readonly context?: readonly SourceFile[];
  /** The labels of namespaces that are not among the objects; without them they are assumed to have none. */
  readonly namespaceLabels?: Readonly<Record<string, string>>;
  /** The annotations of namespaces that are not among the objects. */
  readonly namespaceAnnotations?: Readonly<Record<string, string>>;
  /** True where everybody may use every capability class, whatever Roles there are. */
  readonly assumeAuthorized?: boolean;
  /** The implementation to use of a capability class, by the name of the class. */
  readonly implementations?: Readonly<Record<string, string>>;
  /** The moment by which exceptions have ended or not, in milliseconds since 1970. Without it all that end have ended. */
  readonly now?: number;
}

/** How manifests are judged and filled in. */
export interface Options extends Surroundings {
  /** The namespace of objects that do not name one: `default`. */
  readonly namespace?: string;
  /** A user without a name or groups. */
  readonly user?: User;
  /** False to judge objects as they are written, as if nothing were filled in. */
  readonly fillIn?: boolean;
}

/** One field that violates a check. */
export interface Finding {
  readonly policy: string;
  readonly check: string;
  readonly action: 'Deny' | 'Warn' | 'Audit';
  readonly reason: string;
  readonly detail: string;
  readonly path: string;
  readonly container?: string;
  readonly value?: unknown;
  readonly fix?: string;
  /** The exception that lets it in. */
  readonly exception?: {
    /** `NAMESPACE/NAME`; absent for an entry of the policy itself. */
    readonly name?: string;
    readonly reason: string;
    readonly expires?: string;
    readonly requestedBy?: string;
  };
  /** Where the field stands, or the nearest thing around it. */
  readonly place: Place;
}

/** One operation of a JSON patch (RFC 6902). */
export interface PatchOperation {
  /** `add`, `remove` or `replace`. */
  readonly op: string;
  readonly path: string;
  readonly value?: unknown;
}

/** The verdict on one object. */
export interface CheckResult {
  readonly source: { readonly file: string; readonly document: number; readonly line: number };
  readonly object: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly namespace: string;
    readonly name: string;
  };
  readonly verdict: 'allowed' | 'denied' | 'skipped';
  readonly deniedAt?: 'object' | 'pod';
  readonly skipReason?: string;
  readonly findings: readonly Finding[];
  /** Also says what the verdict does not cover. */
  readonly warnings: readonly string[];
  /** From the object as written to the object as filled in. */
  readonly patch: readonly PatchOperation[];
}

/** The verdicts on all objects. */
export interface CheckReport {
  readonly results: readonly CheckResult[];
  readonly summary: { readonly allowed: number; readonly denied: number; readonly skipped: number };
  /** The exceptions that let something in, each once; absent where there are none. */
  readonly exceptions?: readonly {
    readonly name?: string;
    readonly policy: string;
    readonly checks: readonly string[];
    readonly reason: string;
    readonly expires?: string;
    readonly findings: number;
  }[];
  /** What could not be read, and exceptions that are not in force; everything else was judged all the same. */
  readonly problems: readonly Problem[];
  /** What was assumed, since nothing that was given says it. */
  readonly notes: readonly string[];
}

/** A file as the mutating webhook would leave its objects. */
export interface FilledFile {
  readonly file: string;
  /** The text with what was missing put in; comments and layout stay. */
  readonly text: string;
  readonly objects: readonly {
    readonly before: object;
    readonly after: object;
    readonly patch: readonly PatchOperation[];
  }[];
}

/** All files, filled in. */
export interface FillReport {
  readonly files: readonly FilledFile[];
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
}

/** The answer to an AdmissionReview, or what is wrong with it. */
export type Reviewed =
  | {
      readonly ok: true;
      /** The AdmissionReview that an API server would get. */
      readonly reply: object;
    }
  | { readonly ok: false; readonly message: string };

/** What would go back and forth between an API server and the webhooks for every object. */
export interface RepliesReport {
  readonly objects: readonly {
    readonly object: CheckResult['object'];
    /** The AdmissionReview that the mutating webhook would get. */
    readonly request: object;
    /** Its reply; the patch in it is base64, as the API server gets it. */
    readonly mutate: object;
    /** The reply of the validating webhook to the object as it was filled in. */
    readonly validate: object;
  }[];
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
}
