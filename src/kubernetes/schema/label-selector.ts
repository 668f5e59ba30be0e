// metav1.LabelSelector as JSON Schema, as strict as the API server's own validation of it.
import type { SchemaObject } from 'ajv';
import { labelKey, labelValue } from './names.ts';

const requirement: SchemaObject = {
  type: 'object',
  description: 'One condition on one label.',
  additionalProperties: false,
  required: ['key', 'operator'],
  properties: {
    key: { ...labelKey, description: 'The label the condition is about.' },
    operator: {
      type: 'string',
      enum: ['In', 'NotIn', 'Exists', 'DoesNotExist'],
      description: 'How the label is compared. NotIn and DoesNotExist also hold where the label is absent.',
    },
    values: {
      type: 'array',
      description: 'The values for In and NotIn; Exists and DoesNotExist take none.',
      maxItems: 1000,
      items: { ...labelValue, description: 'A label value.' },
    },
  },
  allOf: [
    {
      if: { properties: { operator: { not: { enum: ['In', 'NotIn'] } } } },
      else: {
        required: ['values'],
        properties: {
          values: {
            type: 'array',
            minItems: 1,
            errorMessage: 'expected at least one value for In and NotIn, found none',
          },
        },
      },
    },
    {
      if: { properties: { operator: { not: { enum: ['Exists', 'DoesNotExist'] } } } },
      else: {
        properties: {
          values: { type: 'array', maxItems: 0, errorMessage: 'expected no values for Exists and DoesNotExist' },
        },
      },
    },
  ],
};

/** A label selector; `description` says whose labels it is about. */
export function labelSelector(description: string): SchemaObject {
  return {
    type: 'object',
    description,
    additionalProperties: false,
    properties: {
      matchLabels: {
        type: 'object',
        description: 'Labels that must have exactly these values.',
        maxProperties: 100,
        propertyNames: labelKey,
        additionalProperties: { ...labelValue, description: 'The value the label must have.' },
      },
      matchExpressions: {
        type: 'array',
        description: 'Conditions that must all hold.',
        maxItems: 100,
        items: requirement,
      },
    },
  };
}
