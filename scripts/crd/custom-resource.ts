// The CustomResourceDefinition of one of our own kinds: one version, and a status with the condition Accepted.
import { type JsonObject, ownField } from '../../src/model/json.ts';
import type { Column, OwnKind } from '../../src/resources/kind.ts';
import { statusSchema } from './status-schema.ts';
import { structuralSchema } from './structural.ts';

/** The whole definition, as it is sent to an API server. */
export function definitionOf(own: OwnKind): JsonObject {
  const { group, version, kind, plural, singular, scope, shortNames, columns } = own;
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
      scope,
      names: {
        kind,
        listKind: `${kind}List`,
        plural,
        singular,
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
              description: ownField(own.schema, 'description'),
              required: ['spec'],
              properties: {
                // What the API server knows of every object, it describes itself.
                apiVersion: { type: 'string' },
                kind: { type: 'string' },
                metadata: { type: 'object' },
                spec: structuralSchema(own.definitionSpec),
                status: statusSchema(own),
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
