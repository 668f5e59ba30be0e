// The parameters of the rule `validations`.
import { schemaFor, type ValueOf } from '../../model/schema.ts';
import { EXPRESSION } from '../variables/expression.ts';

export const parameters = schemaFor({
  type: 'array',
  description: 'What must hold, in CEL, for what no other rule says: as in a ValidatingAdmissionPolicy.',
  minItems: 1,
  maxItems: 64,
  items: {
    type: 'object',
    description: 'One demand.',
    additionalProperties: false,
    required: ['name', 'expression'],
    properties: {
      name: {
        type: 'string',
        pattern: '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$',
        errorMessage: 'expected a name of lower-case letters, digits and "-"',
        description: 'What findings and the checks map call it: validations/NAME.',
      },
      expression: { ...EXPRESSION, description: 'True for a pod that may be admitted.' },
      message: {
        type: 'string',
        pattern: '^\\s*\\S[^\\n]*$',
        maxLength: 1024,
        errorMessage: 'expected some words on one line',
        description: 'What is said where it is false.',
      },
      messageExpression: {
        ...EXPRESSION,
        description: 'The same, made from the pod; message stands in where this gives no text on one line.',
      },
      path: {
        type: 'string',
        maxLength: 512,
        pattern: '^(spec|metadata)(\\.|$)',
        errorMessage: 'expected the path of a field of the pod, such as spec.nodeName',
        description: 'The field that findings point to.',
      },
    },
  },
});

/** Demands in CEL, in the order in which they are reported. */
export type ValidationsParameters = ValueOf<typeof parameters>;
export type ValidationParameters = ValidationsParameters[number];
