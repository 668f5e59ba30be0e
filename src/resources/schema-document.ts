// What every document of ours has around its spec: apiVersion, kind and metadata.
import type { SchemaObject } from 'ajv';
import { labelKey, labelValue } from '../kubernetes/schema/names.ts';
import { API_VERSION } from '../model/names.ts';

/** One kind of document. */
export interface DocumentKind {
  readonly kind: string;
  readonly description: string;
  /** What there is one of, and what there are several of: `policy` and `policies`. */
  readonly noun: string;
  readonly plural: string;
  /** The schema of its name. */
  readonly name: SchemaObject;
  /** The schema of its namespace, for kinds that have one. */
  readonly namespace?: SchemaObject;
  readonly spec: SchemaObject;
}

/** The schema of a whole document. */
export function documentSchema(document: DocumentKind): SchemaObject {
  const { kind, description, noun, plural, name, namespace, spec } = document;
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: kind,
    description,
    type: 'object',
    additionalProperties: false,
    required: ['apiVersion', 'kind', 'metadata', 'spec'],
    properties: {
      apiVersion: { type: 'string', const: API_VERSION, description: `The API group and version of ${plural}.` },
      kind: { type: 'string', const: kind, description: 'The kind of document.' },
      metadata: {
        type: 'object',
        description: `The name of the ${noun}, and notes about it.`,
        additionalProperties: false,
        required: namespace ? ['name', 'namespace'] : ['name'],
        properties: {
          name,
          ...(namespace && { namespace }),
          labels: {
            type: 'object',
            description: 'Labels; Sandgate does not read them.',
            propertyNames: labelKey,
            additionalProperties: { ...labelValue, description: 'A label value.' },
          },
          annotations: {
            type: 'object',
            description: 'Annotations; Sandgate does not read them.',
            propertyNames: labelKey,
            additionalProperties: { type: 'string', description: 'Any text.' },
          },
        },
      },
      spec,
    },
  };
}
