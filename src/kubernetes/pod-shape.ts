// Checks that a pod template has the types Kubernetes gives its fields, as far as Sandgate reads them. The API server
// guarantees that for pods; custom resources and files can hold anything, and a rule that reads a string as a list of
// containers would find nothing wrong with it.
import { Ajv, type SchemaObject, type ValidateFunction } from 'ajv';
import { pathOfPointer } from './field-path.ts';
import type { PodTemplate } from './pod.ts';
import { entriesIn, MOST_ENTRIES } from './template-size.ts';

const string = { type: ['string', 'null'] };
const boolean = { type: ['boolean', 'null'] };
const integer = { type: ['integer', 'null'] };
const object = (properties: Record<string, SchemaObject>): SchemaObject => ({ type: ['object', 'null'], properties });
const listOf = (items: SchemaObject): SchemaObject => ({ type: ['array', 'null'], items });
/** A list entry that is null has no meaning in Kubernetes; a null field means absent. */
const entry = (properties: Record<string, SchemaObject>): SchemaObject => ({ type: 'object', properties });
const stringMap = { type: ['object', 'null'], additionalProperties: { type: 'string' } };

const profile = object({ type: string, localhostProfile: string });
const shared = {
  appArmorProfile: profile,
  seccompProfile: profile,
  seLinuxOptions: object({ type: string, user: string, role: string, level: string }),
  windowsOptions: object({ hostProcess: boolean }),
  runAsNonRoot: boolean,
  runAsUser: integer,
  runAsGroup: integer,
};
const handler = object({ httpGet: object({ host: string }), tcpSocket: object({ host: string }) });
const container = entry({
  name: string,
  image: string,
  ports: listOf(entry({ containerPort: integer, hostPort: integer })),
  livenessProbe: handler,
  readinessProbe: handler,
  startupProbe: handler,
  lifecycle: object({ postStart: handler, preStop: handler }),
  securityContext: object({
    ...shared,
    allowPrivilegeEscalation: boolean,
    capabilities: object({ add: listOf({ type: 'string' }), drop: listOf({ type: 'string' }) }),
    privileged: boolean,
    procMount: string,
    readOnlyRootFilesystem: boolean,
  }),
  volumeDevices: listOf({}),
});
export const POD_TEMPLATE_SCHEMA: SchemaObject = {
  type: 'object',
  properties: {
    metadata: object({
      name: string,
      generateName: string,
      namespace: string,
      labels: stringMap,
      annotations: stringMap,
      deletionTimestamp: string,
    }),
    spec: object({
      containers: listOf(container),
      initContainers: listOf(container),
      ephemeralContainers: listOf(container),
      volumes: listOf(entry({ name: string })),
      securityContext: object({
        ...shared,
        fsGroup: integer,
        fsGroupChangePolicy: string,
        supplementalGroups: listOf({ type: 'integer' }),
        sysctls: listOf(entry({ name: string, value: string })),
      }),
      os: object({ name: string }),
      hostNetwork: boolean,
      hostPID: boolean,
      hostIPC: boolean,
      hostUsers: boolean,
      runtimeClassName: string,
      serviceAccountName: string,
    }),
  },
};

// A test holds the schema against the meta-schema. That, and making the code shorter than V8 does anyway, took half of the
// time until it can be used.
const options = {
  strict: true,
  allowUnionTypes: true,
  meta: false,
  validateSchema: false,
  code: { optimize: false },
} as const;
/** Compiled at the first use, which for a server is its warm-up. */
let accepts: ValidateFunction<PodTemplate> | undefined;
/** Compiled only when something is wrong: collecting every error costs time on the way there. */
let collects: ValidateFunction | undefined;

const TOO_LARGE = `smaller: no more than ${MOST_ENTRIES} labels, annotations, containers, volumes and entries of their lists`;

/** Of thousands of wrong entries the first few say enough. */
const MOST_FAULTS = 20;

/** A field of the wrong type. */
export interface ShapeFault {
  /** Inside the template: `spec.containers[0].image`; empty for the template itself. */
  readonly path: string;
  /** What it must be: `a string`, `a list` and so on, as Kubernetes would have it. */
  readonly expected: string;
}

/** True where every field that Sandgate reads has the type Kubernetes gives it, and there are not too many of them. */
export function isPodTemplate(value: unknown): value is PodTemplate {
  accepts ??= new Ajv(options).compile<PodTemplate>(POD_TEMPLATE_SCHEMA);
  return entriesIn(value) <= MOST_ENTRIES && accepts(value);
}

/** What is wrong with the types of a template, the first twenty faults; empty where {@link isPodTemplate} accepts it. */
export function shapeFaults(value: unknown): readonly ShapeFault[] {
  // Not looked at any closer: every error would be collected.
  if (entriesIn(value) > MOST_ENTRIES) return [{ path: '', expected: TOO_LARGE }];
  collects ??= new Ajv({ ...options, allErrors: true, verbose: true }).compile(POD_TEMPLATE_SCHEMA);
  if (collects(value)) return [];
  return (collects.errors ?? []).slice(0, MOST_FAULTS).map((error) => ({
    path: pathOfPointer(error.instancePath),
    expected: typeName(error.schema),
  }));
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'a string',
  boolean: 'true or false',
  integer: 'an integer',
  object: 'an object',
  array: 'a list',
};

function typeName(types: unknown): string {
  const names: unknown[] = Array.isArray(types) ? types : [types];
  const name = names.find((candidate) => candidate !== 'null');
  return TYPE_WORDS[String(name)] ?? String(name);
}
