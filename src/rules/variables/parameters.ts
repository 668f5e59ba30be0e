// The parameters of the rule `variables`.
import { schemaFor, type ValueOf } from '../../model/schema.ts';
import { EXPRESSION } from './expression.ts';

export const parameters = schemaFor({
  type: 'array',
  description:
    'Values that the expressions of validations ask for as variables.NAME, evaluated when they are first needed.',
  minItems: 1,
  maxItems: 64,
  items: {
    type: 'object',
    description: 'A value, which may be made of those before it.',
    additionalProperties: false,
    required: ['name', 'expression'],
    properties: {
      name: {
        type: 'string',
        maxLength: 63,
        pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
        errorMessage: 'expected a name of letters, digits and "_" that does not begin with a digit',
        description: 'What it is called behind variables.',
      },
      expression: { ...EXPRESSION, description: 'An expression in CEL.' },
    },
  },
});

/** Values by name, in the order in which they can build on each other. */
export type VariablesParameters = ValueOf<typeof parameters>;
