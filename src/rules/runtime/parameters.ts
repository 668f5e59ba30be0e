// The parameters of the rule `runtime`.
import { subdomain } from '../../kubernetes/schema/names.ts';
import { schemaFor, type ValueOf } from '../../model/schema.ts';

export const parameters = schemaFor({
  type: 'object',
  description: 'The RuntimeClass that pods run with.',
  additionalProperties: false,
  properties: {
    default: { ...subdomain, type: 'string', description: 'The runtimeClassName to fill in where a pod names none.' },
  },
});

export type RuntimeParameters = ValueOf<typeof parameters>;
