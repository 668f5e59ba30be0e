// The rule `harden`: fills in the security fields that a level of the Pod Security Standards needs, or those listed.
import type { SchemaFor } from '../../model/schema.ts';
import type { FillIn } from '../fill-in.ts';
import { defineRule } from '../rule.ts';
import { allowPrivilegeEscalation } from './allowPrivilegeEscalation.ts';
import { capabilities } from './capabilities.ts';
import type { HardenField, HardenLevel } from './field.ts';
import { hostUsers } from './hostUsers.ts';
import { readOnlyRootFilesystem } from './readOnlyRootFilesystem.ts';
import { runAsNonRoot } from './runAsNonRoot.ts';
import { seccompProfile } from './seccompProfile.ts';

/** Every field that can be filled in, in the order in which it happens. */
const FIELDS = [
  seccompProfile,
  allowPrivilegeEscalation,
  capabilities,
  runAsNonRoot,
  readOnlyRootFilesystem,
  hostUsers,
] as const;

const LEVELS: readonly HardenLevel[] = ['baseline', 'restricted'];

/** A field that a policy can list: the id of its fill-in. */
export type HardenFieldId = (typeof FIELDS)[number]['id'];

/** A level, or a list of fields. */
export type HardenParameters = HardenLevel | readonly HardenFieldId[];

/** The ids of the fields, as a policy lists them. */
export const HARDEN_FIELDS: readonly HardenFieldId[] = FIELDS.map((field) => field.id);

const parameters: SchemaFor<HardenParameters> = {
  description: 'The security fields to fill in where missing: those a level needs, or a list of fields.',
  type: ['string', 'array'],
  minItems: 1,
  uniqueItems: true,
  items: { type: 'string', enum: HARDEN_FIELDS, description: 'A field to fill in.' },
  if: { type: 'array' },
  else: { enum: LEVELS },
};

export const harden = defineRule({ key: 'harden', parameters, fillIns: FIELDS.map(fillInOf) });

/** The fields that a level fills in, in order. */
export function fieldsOfLevel(level: HardenLevel): readonly HardenFieldId[] {
  return FIELDS.filter((field) => isNeededAt(field, level)).map((field) => field.id);
}

function isNeededAt({ levels }: HardenField<HardenFieldId>, level: HardenLevel): boolean {
  return levels.includes(level);
}

function fillInOf(field: HardenField<HardenFieldId>): FillIn<HardenParameters> {
  return {
    ...field,
    compile(asked) {
      const isAsked = typeof asked === 'string' ? isNeededAt(field, asked) : asked.includes(field.id);
      return isAsked ? field.fill : undefined;
    },
    examples: field.examples.map((example) => ({ ...example, parameters: [field.id] })),
  };
}
