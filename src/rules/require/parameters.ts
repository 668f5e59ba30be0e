// The parameters of the rule `require`.
import type { SchemaFor } from '../../model/schema.ts';
import { HARDEN_FIELDS, type HardenFieldId } from '../harden/parameters.ts';

/** The fields that must have the value which `harden` fills in. */
export type RequireParameters = readonly HardenFieldId[];

export const parameters: SchemaFor<RequireParameters> = {
  description: 'The security fields that must have the value which harden fills in, whatever the level of podSecurity.',
  type: 'array',
  minItems: 1,
  uniqueItems: true,
  items: { type: 'string', enum: HARDEN_FIELDS, description: 'A field that must be set.' },
};
