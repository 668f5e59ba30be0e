// The `capabilities` section of a policy as JSON Schema, and the names that stand in it.
import type { SchemaObject } from 'ajv';

/** Part of an annotation, `sandgate.dev/NAME-containers`: what stands after the slash has at most 63 characters. */
export const className: SchemaObject = {
  type: 'string',
  maxLength: 52,
  pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$',
  errorMessage: 'expected lower-case letters, digits and "-", beginning and ending with a letter or digit',
};

/** The name of one way to have what a class is about. */
export const implementationName: SchemaObject = { ...className, maxLength: 63 };

export const capabilities: SchemaObject = {
  type: 'array',
  description: 'The capability classes these workloads may be granted.',
  maxItems: 64,
  items: {
    type: 'object',
    description: 'One class, and how these workloads have it.',
    additionalProperties: false,
    required: ['name'],
    properties: {
      name: { ...className, description: 'The name of the CapabilityClass.' },
      implementation: {
        ...implementationName,
        description: 'The implementation to use; the first of the class whose condition holds where absent.',
      },
      assign: {
        type: 'string',
        enum: ['OnRequest', 'Always'],
        default: 'OnRequest',
        description: 'OnRequest: workloads ask with an annotation. Always: every workload the policy matches has it.',
      },
    },
  },
};
