// One of our own kinds, as its folder describes it. Everything else is written once, for all kinds that index.ts lists:
// loading from files, the snapshot of a cluster's objects, status, log lines, metrics, the CRD, review and watch.
import type { SchemaObject } from 'ajv';
import { ownField, stringField } from '../model/json.ts';
import { API_VERSION } from '../model/names.ts';
import type { PolicySet, ResourceInForce } from '../policy/policy.ts';
import type { DocumentProblem } from './problems.ts';

/** A column of `kubectl get`; those of priority 1 only with `-o wide`. */
export interface Column {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'date';
  readonly jsonPath: string;
  readonly description: string;
  readonly priority?: 1;
}

/** What a kind's `accept` found out about one document. */
export interface Judgement<T> {
  readonly errors: readonly DocumentProblem[];
  /** What the author probably did not mean, although it is allowed. */
  readonly warnings: readonly DocumentProblem[];
  /** What the document was compiled to. Undefined exactly where there are errors. */
  readonly value: T | undefined;
}

/** A resource whose compiled value is known to be of its kind's type. */
export interface Resource<T = unknown> extends ResourceInForce {
  readonly value: T;
}

/** A {@link Judgement} with what the rest of the program keeps of the document. */
export interface Acceptance<T = unknown> {
  readonly errors: readonly DocumentProblem[];
  readonly warnings: readonly DocumentProblem[];
  /** Undefined exactly where there are errors. */
  readonly resource: Resource<T> | undefined;
}

/** What is known of all resources while a cluster is followed. */
export interface KnownResources {
  /** Everything in force, of files and of the cluster. */
  readonly policies: PolicySet;
  /**
   * The keys of a kind's objects of which no version is in force. Undefined while it is not known which objects the
   * cluster has: until then nothing can be said to be missing.
   */
  readonly notInForce: (kind: string) => ReadonlySet<string> | undefined;
  /** The keys of a kind's objects in a namespace, as far as they are known. */
  readonly inNamespace: (kind: string, namespace: string) => readonly string[];
  /**
   * The kinds of workloads, as `Kind.group`, of which the API server sends reviews. Undefined where nobody said: until then none can
   * be said to be missing.
   */
  readonly registeredKinds?: ReadonlySet<string> | undefined;
  /** Those of them whose webhook this server registers and has not yet. */
  readonly awaitedKinds?: ReadonlySet<string> | undefined;
}

/** What is known of all resources when files are loaded. */
export interface FileResources {
  /** What was accepted, as one set. */
  readonly policies: PolicySet;
  /** The names of a kind, also of documents that were not accepted. Undefined where a cluster may have others. */
  readonly names: (kind: string) => readonly string[] | undefined;
}

/** How a kind that names something else, such as resources of other kinds, tells whether it is there. */
export interface References<T> {
  /** The message of the log line about a resource in force that names one which is not there; none is written where it is left out. */
  readonly logMessage?: string;
  /**
   * What does not resolve in a file. These are errors: all there is is in the files.
   * @param document any JSON, accepted or not
   */
  inFile(document: unknown, files: FileResources): readonly DocumentProblem[];
  /** What does not resolve in a file, and may be meant so: these are warnings. */
  doubtsInFile?(value: T, files: FileResources): readonly DocumentProblem[];
  /** What does not resolve in a cluster. These are warnings: objects come and go in any order. */
  inCluster(value: T, known: KnownResources): readonly DocumentProblem[];
  /** True where all of it comes to nothing for what does not resolve in a cluster: its status then says so. */
  isWithoutEffect?(value: T, known: KnownResources): boolean;
  /**
   * Why an object that is written now could not have an effect, whatever comes after it: it is refused.
   * @param now in milliseconds
   */
  refusals?(value: T, known: KnownResources, now: number): readonly DocumentProblem[];
}

/** What docs/logs.md says of a log line that only one kind has. */
export interface KindLogLine {
  readonly msg: string;
  readonly level: 'warn' | 'info';
  readonly when: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** What a folder says of its kind. */
export interface KindDefinition<T extends object> {
  /** `CapabilityClass`. */
  readonly kind: string;
  /** Its plural, `CapabilityClasses`; in lower case it is the name of the resource in the API. */
  readonly kinds: string;
  readonly scope: 'Cluster' | 'Namespaced';
  readonly shortNames: readonly string[];
  /** In sentences and as the field of log lines: `class`. */
  readonly noun: string;
  /** The plural where it has to stand alone, `capability classes`. The metric and the page in docs are named after it. */
  readonly title: string;
  /** The JSON Schema of a whole document. */
  readonly schema: SchemaObject;
  /** The schema of the spec as the CRD has it, where that is to be shorter than the whole. */
  readonly definitionSpec?: (spec: unknown) => unknown;
  /** The columns of `kubectl get` before what became of the object, and those of `-o wide`. */
  readonly columns: readonly Column[];
  /** Where bundles of this kind are shipped: folders below policies/FOLDER, each with this file in it. */
  readonly bundles?: { readonly folder: string; readonly file: string };
  /** True where files and clusters without any object of this kind are no configuration to serve with. */
  readonly isRequired?: boolean;
  /**
   * False where an object is out of force while its newest version is not accepted. True by default: the last version that was
   * accepted stays. What lets something in must not go on doing so after a mistake in the edit that was to end it.
   */
  readonly keepsLastAccepted?: boolean;
  /** How many objects of a namespace are in force at most; the first by name are. */
  readonly mostInNamespace?: number;
  /** What the status says of an object in force; `in force` by default. */
  inForceWords?(value: T): string;
  /** One for each message that the log has of them. */
  readonly references?: readonly References<T>[];
  /** Log lines that only this kind has. */
  readonly logLines?: readonly KindLogLine[];
  /**
   * Judges one document. Total: it may be any JSON.
   * @param origin where it stands: `FILE:LINE`, or `capabilityclass/NAME`
   */
  accept(document: unknown, origin: string): Judgement<T>;
}

/** One of our own kinds, ready to be listed in index.ts. */
export interface OwnKind<T = unknown> {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly kinds: string;
  /** As in paths of the API and in RBAC: `capabilityclasses`. */
  readonly plural: string;
  /** `capabilityclass`. */
  readonly singular: string;
  readonly scope: 'Cluster' | 'Namespaced';
  readonly shortNames: readonly string[];
  readonly noun: string;
  readonly title: string;
  readonly schema: SchemaObject;
  /** The JSON Schema that the CRD's spec is made from. */
  readonly definitionSpec: unknown;
  readonly columns: readonly Column[];
  readonly bundles: { readonly folder: string; readonly file: string } | undefined;
  readonly isRequired: boolean;
  readonly keepsLastAccepted: boolean;
  readonly mostInNamespace: number | undefined;
  inForceWords(value: unknown): string;
  readonly references: readonly References<T>[];
  readonly logLines: readonly KindLogLine[];
  /** Judges one document, as {@link KindDefinition} has it. */
  accept(document: unknown, origin: string): Acceptance<T>;
  /** True for a value that this kind compiled. */
  compiled(value: unknown): value is T;
}

const [group = '', version = ''] = API_VERSION.split('/');

/** Makes a kind of what its folder says. */
export function defineKind<T extends object>(definition: KindDefinition<T>): OwnKind<T> {
  const values = new WeakSet<object>();
  const { kind, kinds, schema, definitionSpec = (spec: unknown) => spec } = definition;
  const compiled = (value: unknown): value is T => typeof value === 'object' && value !== null && values.has(value);
  return {
    ...definition,
    group,
    version,
    plural: kinds.toLowerCase(),
    singular: kind.toLowerCase(),
    definitionSpec: definitionSpec(ownField(schema.properties, 'spec')),
    bundles: definition.bundles,
    isRequired: definition.isRequired === true,
    keepsLastAccepted: definition.keepsLastAccepted !== false,
    mostInNamespace: definition.mostInNamespace,
    inForceWords: (value) => (compiled(value) && definition.inForceWords?.(value)) || 'in force',
    references: definition.references ?? [],
    logLines: definition.logLines ?? [],
    accept(document, origin) {
      const { errors, warnings, value } = definition.accept(document, origin);
      if (value === undefined) return { errors, warnings, resource: undefined };
      values.add(value);
      const { name, namespace } = namesOf(document);
      return { errors, warnings, resource: { name, ...(namespace !== undefined && { namespace }), origin, value } };
    },
    compiled,
  };
}

/** The compiled values of one kind among resources by kind. */
export function valuesOf<T>(kind: OwnKind<T>, resources: PolicySet['resources']): readonly T[] {
  const values = (resources.get(kind.kind) ?? []).map((resource) => resource.value);
  return values.filter((value): value is T => kind.compiled(value));
}

/** What tells a resource from the others of its kind. */
export interface ResourceName {
  readonly name: string;
  /** Undefined for kinds that belong to no namespace. */
  readonly namespace?: string | undefined;
}

/** The name and the namespace in the metadata of a document or an object; the name is empty where it has none. */
export function namesOf(document: unknown): ResourceName {
  const metadata = ownField(document, 'metadata');
  return { name: stringField(metadata, 'name') ?? '', namespace: stringField(metadata, 'namespace') };
}

/** Its name as one text: `NAME`, or `NAMESPACE/NAME`. */
export function keyOf({ name, namespace }: ResourceName): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** The opposite of {@link keyOf}: neither names nor namespaces have a slash in them. */
export function namesInKey(key: string): ResourceName {
  const slash = key.indexOf('/');
  return slash === -1 ? { name: key } : { name: key.slice(slash + 1), namespace: key.slice(0, slash) };
}
