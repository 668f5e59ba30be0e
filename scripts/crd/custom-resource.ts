// What the CRDs of our kinds have in common: cluster-wide, one version, a status with the condition Accepted.
import type { JsonObject } from '../../src/model/json.ts';
import { statusSchema } from './status-schema.ts';

/** A column of `kubectl get`; those of priority 1 only with `-o wide`. */
export interface Column {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'date';
  readonly jsonPath: string;
  readonly description: string;
  readonly priority?: 1;
}

/** What tells one kind from another. */
export interface KindDefinition {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  /** In descriptions: `policy`. */
  readonly noun: string;
  readonly shortNames: readonly string[];
  readonly description: unknown;
  /** The structural schema of the spec. */
  readonly spec: JsonObject;
  /** Those before what became of it, and those of `-o wide`. */
  readonly columns: readonly Column[];
}

/** The whole definition, as it is sent to an API server. */
export function customResource(definition: KindDefinition): JsonObject {
  const { group, version, kind, plural, noun, shortNames, description, spec, columns } = definition;
  const status: readonly Column[] = [
    {
      name: 'Accepted',
      type: 'string',
      jsonPath: accepted('status'),
      description: 'Whether its newest version is in force.',
    },
    { name: 'Reason', type: 'string', jsonPath: accepted('reason'), description: 'Why, in a word.' },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', description: 'Since when it exists.' },
  ];
  const message: Column = {
    name: 'Message',
    type: 'string',
    jsonPath: accepted('message'),
    description: 'What is wrong with it, if anything.',
    priority: 1,
  };
  const [usual, wide] = [columns.filter((column) => !column.priority), columns.filter((column) => column.priority)];
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Cluster',
      names: {
        kind,
        listKind: `${kind}List`,
        plural,
        singular: kind.toLowerCase(),
        shortNames,
        categories: ['sandgate'],
      },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: [...usual, ...status, ...wide, message],
          schema: {
            openAPIV3Schema: {
              type: 'object',
              description,
              required: ['spec'],
              properties: {
                // What the API server knows of every object, it describes itself.
                apiVersion: { type: 'string' },
                kind: { type: 'string' },
                metadata: { type: 'object' },
                spec,
                status: statusSchema(noun),
              },
            },
          },
        },
      ],
    },
  };
}

function accepted(field: string): string {
  return `.status.conditions[?(@.type=="Accepted")].${field}`;
}
