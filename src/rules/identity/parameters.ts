// The parameters of the rule `identity`: the runtime user each image needs.
import { IMAGE_ROW, RUNTIME_USER_PROPERTIES } from '../../images/identity.ts';
import { compileImageTable } from '../../images/image-table.ts';
import { schemaFor, type ValueOf } from '../../model/schema.ts';
import type { ParameterProblem } from '../rule.ts';

export const parameters = schemaFor({
  type: 'object',
  description: 'The runtime user, filled in where a container states none.',
  additionalProperties: false,
  properties: {
    runAsNonRoot: { type: 'boolean', description: 'Fill in runAsNonRoot together with the user.' },
    ...RUNTIME_USER_PROPERTIES,
    images: {
      type: 'array',
      description: 'Users by image; the most specific row wins, and images without a row get the user above.',
      // Each row is compared with each other one.
      maxItems: 1000,
      items: IMAGE_ROW,
    },
    unknownImage: {
      type: 'string',
      enum: ['Ignore', 'Warn', 'Deny'],
      description:
        'Images without a row: get the user above (Ignore), with a warning (Warn), or need a user of their own (Deny).',
    },
    onImageChange: {
      type: 'string',
      enum: ['Redecide', 'Keep'],
      description:
        "Whether an update that changes an image of a stored template decides again what the old image's row gave.",
    },
  },
});

export type IdentityParameters = ValueOf<typeof parameters>;

/** Rows that can match nothing, that another row hides, or that say more than their author may think; a user of no image. */
export function identityProblems(identity: IdentityParameters): readonly ParameterProblem[] {
  const problems: ParameterProblem[] = compileImageTable(identity).problems.map(({ row, message, severity }) => ({
    keys: ['images', String(row)],
    message,
    severity,
  }));
  if (identity.unknownImage === 'Deny' && identity.runAsUser !== undefined) {
    const message =
      'given to no image, since unknownImage is Deny (Warn gives it to images without a row, with a warning)';
    problems.push({ keys: ['runAsUser'], message, severity: 'warning' });
  }
  return problems;
}
