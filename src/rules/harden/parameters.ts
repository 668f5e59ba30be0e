// The parameters of the rule `harden`.
import type { SchemaFor } from '../../model/schema.ts';
import type { HardenLevel } from './field.ts';

/** Every field that can be filled in. */
export const HARDEN_FIELDS = [
  'seccompProfile',
  'allowPrivilegeEscalation',
  'capabilities',
  'runAsNonRoot',
  'readOnlyRootFilesystem',
  'hostUsers',
] as const;

/** A field that a policy can list: the id of its fill-in. */
export type HardenFieldId = (typeof HARDEN_FIELDS)[number];

/** What can be replaced where somebody wrote something else. */
const OVERRIDES = ['capabilities.drop'] as const;
export type HardenOverride = (typeof OVERRIDES)[number];

const LEVELS: readonly HardenLevel[] = ['baseline', 'restricted'];

/** A level, or a list of fields. */
export type HardenFields = HardenLevel | readonly HardenFieldId[];

/** The same with what is to be replaced. */
interface WithOverride {
  readonly fields: HardenFields;
  readonly override?: readonly HardenOverride[];
}

export type HardenParameters = HardenFields | WithOverride;

const ITEMS = { type: 'string', enum: HARDEN_FIELDS, description: 'A field to fill in.' } as const;

export const parameters: SchemaFor<HardenParameters> = {
  description:
    'The security fields to fill in where missing: those a level needs, or a list of fields; or these with what to replace.',
  type: ['string', 'array', 'object'],
  minItems: 1,
  uniqueItems: true,
  items: ITEMS,
  if: { type: ['array', 'object'] },
  else: { enum: LEVELS },
  additionalProperties: false,
  required: ['fields'],
  properties: {
    fields: {
      description: 'The fields to fill in where missing.',
      type: ['string', 'array'],
      minItems: 1,
      uniqueItems: true,
      items: ITEMS,
      if: { type: 'array' },
      else: { enum: LEVELS },
    },
    override: {
      type: 'array',
      description: 'What is replaced where somebody wrote something else.',
      uniqueItems: true,
      items: {
        type: 'string',
        enum: OVERRIDES,
        description: 'A field; capabilities.drop completes a list that lacks ALL.',
      },
    },
  },
};

/** The level or the fields that are asked for. */
export function fieldsAsked(asked: HardenParameters): HardenFields {
  return typeof asked === 'object' && 'fields' in asked ? asked.fields : asked;
}

/** What is to be replaced. */
export function overrideAsked(asked: HardenParameters): readonly HardenOverride[] {
  return typeof asked === 'object' && 'fields' in asked ? (asked.override ?? []) : [];
}
