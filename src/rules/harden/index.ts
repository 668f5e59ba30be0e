// The rule `harden`: fills in the security fields that a level of the Pod Security Standards needs, or those listed.
import type { FillIn } from '../fill-in.ts';
import { defineRule, type ParameterProblem } from '../rule.ts';
import { allowPrivilegeEscalation } from './allowPrivilegeEscalation.ts';
import { capabilities } from './capabilities.ts';
import type { HardenField, HardenLevel } from './field.ts';
import { hostUsers } from './hostUsers.ts';
import { fieldsAsked, type HardenFieldId, type HardenParameters, overrideAsked, parameters } from './parameters.ts';
import { readOnlyRootFilesystem } from './readOnlyRootFilesystem.ts';
import { runAsNonRoot } from './runAsNonRoot.ts';
import { seccompProfile } from './seccompProfile.ts';

/** Every field that can be filled in, in the order in which it happens. */
const FIELDS: readonly HardenField<HardenFieldId>[] = [
  seccompProfile,
  allowPrivilegeEscalation,
  capabilities,
  runAsNonRoot,
  readOnlyRootFilesystem,
  hostUsers,
];

export const harden = defineRule({
  key: 'harden',
  parameters,
  problems: hardenProblems,
  fillIns: FIELDS.map(fillInOf),
});

/** The fields that a level fills in, in order. */
export function fieldsOfLevel(level: HardenLevel): readonly HardenFieldId[] {
  return FIELDS.filter(({ levels }) => levels.includes(level)).map((field) => field.id);
}

/** What is to be replaced and is not filled in at all. */
function hardenProblems(asked: HardenParameters): readonly ParameterProblem[] {
  return overrideAsked(asked).flatMap((id, index): readonly ParameterProblem[] => {
    const field = FIELDS.find(({ override }) => override?.id === id);
    if (field && isAsked(field, asked)) return [];
    const message = `fields do not fill in ${field?.id ?? id}, so nothing of it is replaced`;
    return [{ keys: ['override', String(index)], message, severity: 'error' }];
  });
}

function isAsked({ id, levels }: HardenField<HardenFieldId>, asked: HardenParameters): boolean {
  const fields = fieldsAsked(asked);
  return typeof fields === 'string' ? levels.includes(fields) : fields.includes(id);
}

function fillInOf(field: HardenField<HardenFieldId>): FillIn<HardenParameters> {
  const { override, ...info } = field;
  return {
    ...info,
    compile(asked) {
      if (!isAsked(field, asked)) return undefined;
      return override && overrideAsked(asked).includes(override.id) ? override.fill : field.fill;
    },
    examples: field.examples.map((example) => ({ parameters: [field.id], ...example })),
  };
}
