// The types of single values: names, paths, numbers. As strict as the API server's validation, so that a class whose pods it
// would refuse is refused when it is loaded.
import type { SchemaObject } from 'ajv';
import { labelSelector } from './label-selector.ts';
import { labelKey, labelValue, subdomain } from './names.ts';

/** An RFC 1123 label: the names of containers and volumes. */
export const label: SchemaObject = {
  type: 'string',
  maxLength: 63,
  pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$',
  errorMessage: 'expected lower-case letters, digits and "-", beginning and ending with a letter or digit',
};

const text: SchemaObject = { type: 'string', minLength: 1 };

/** No part of the path is `..`, which could lead out of the folder that is meant. */
const NO_BACKSTEPS = '(?!(.*/)?\\.\\.(/|$))';

function integer(minimum: number, maximum: number): SchemaObject {
  return { type: 'integer', minimum, maximum };
}

function matching(pattern: string, errorMessage: string): SchemaObject {
  return { type: 'string', pattern, errorMessage };
}

export const SCALARS: Readonly<Record<string, SchemaObject>> = {
  string: { type: 'string' },
  boolean: { type: 'boolean' },
  Text: text,
  Label: label,
  Subdomain: subdomain,
  EnvName: matching('^[ -<>-~]+$', 'expected printable ASCII without "="'),
  PortName: matching(
    '^(?=.*[a-z])[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?$',
    'expected at most 15 lower-case letters, digits and "-", with a letter among them',
  ),
  MountPath: matching(`^/[^:]*$`, 'expected an absolute path without ":"'),
  HostPath: matching(`^/${NO_BACKSTEPS}`, 'expected an absolute path without ".."'),
  RelativePath: matching(`^(?!/)${NO_BACKSTEPS}.`, 'expected a relative path without ".."'),
  Int32: integer(-2147483648, 2147483647),
  Int64: integer(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
  Count: integer(0, 2147483647),
  Id: integer(0, 2147483647),
  Mode: integer(0, 0o777),
  Port: integer(1, 65535),
  IntOrString: { type: ['integer', 'string'] },
  Quantity: {
    type: ['string', 'number'],
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    pattern: '^(?=\\.?[0-9])[0-9]*(\\.[0-9]*)?(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE][-+]?[0-9]{1,2})?$',
    errorMessage: 'expected a quantity such as 500m, 2 or 1Gi',
  },
  LabelSelector: labelSelector('A label selector, as Kubernetes has it.'),
  ClaimMetadata: {
    type: 'object',
    description: 'Labels and annotations.',
    additionalProperties: false,
    properties: {
      labels: { type: 'object', propertyNames: labelKey, additionalProperties: labelValue },
      annotations: { type: 'object', propertyNames: labelKey, additionalProperties: { type: 'string' } },
    },
  },
};
