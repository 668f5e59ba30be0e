// The parameters of the rule `identity`: the runtime user each image needs.
import { IMAGE_ROW, RUNTIME_USER_PROPERTIES } from '../../images/identity.ts';
import { compileImageTable } from '../../images/image-table.ts';
import { KEY_PATTERN } from '../../kubernetes/schema/names.ts';
import { schemaFor, type ValueOf } from '../../model/schema.ts';
import { modeOf } from '../mode.ts';
import type { ParameterProblem } from '../rule.ts';

/** A user as it is judged: 0 is one too. */
const JUDGED_ID = { type: 'integer', minimum: 0, maximum: 2147483647 } as const;

export const parameters = schemaFor({
  type: 'object',
  description: 'The runtime user, filled in where a container states none, and which users and groups are allowed.',
  additionalProperties: false,
  properties: {
    runAsNonRoot: { type: 'boolean', description: 'Fill in runAsNonRoot together with the user.' },
    ...RUNTIME_USER_PROPERTIES,
    supplementalGroups: {
      type: 'array',
      description: 'The supplemental groups of pods that name none.',
      minItems: 1,
      maxItems: 100,
      uniqueItems: true,
      items: { type: 'integer', minimum: 1, maximum: 2147483647, description: 'The number of a group.' },
    },
    home: {
      type: 'string',
      maxLength: 4096,
      pattern: '^/[^$]*$',
      errorMessage: 'expected an absolute path without $',
      description: 'The variable HOME of containers that set none.',
    },
    users: {
      type: 'object',
      description: 'The users that containers may run as; one that states none runs as any, and is refused.',
      additionalProperties: false,
      minProperties: 1,
      properties: {
        min: { ...JUDGED_ID, description: 'The lowest.' },
        max: { ...JUDGED_ID, description: 'The highest.' },
        fromNamespaceAnnotation: {
          type: 'string',
          maxLength: 317,
          pattern: KEY_PATTERN,
          errorMessage: 'expected the key of an annotation, such as openshift.io/sa.scc.uid-range',
          description:
            'Instead: the annotation of the namespace with the range, such as 1000650000/10000 or 1000650000-1000659999.',
        },
      },
    },
    rootGroups: modeOf('Group 0: stated, or left to the image where a container has no runAsGroup.'),
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

/**
 * Rows that can match nothing, that another row hides, or that say more than their author may think; a user of no image; users
 * and groups that the policy gives and refuses.
 */
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
  return [...problems, ...rangeProblems(identity), ...groupProblems(identity)];
}

function rangeProblems(identity: IdentityParameters): readonly ParameterProblem[] {
  const { users } = identity;
  if (users === undefined) return [];
  const { min = 0, max = Infinity, fromNamespaceAnnotation: annotation } = users;
  if (annotation !== undefined) return annotationProblems(identity, users);
  if (min > max) return [{ keys: ['users', 'max'], message: `is less than min, ${min}`, severity: 'error' }];
  return givenUsers(identity).flatMap(({ keys, given: { runAsUser } }) => {
    if (runAsUser === undefined || (runAsUser >= min && runAsUser <= max)) return [];
    const message = `${runAsUser} is none of the users that the policy allows, ${usersInWords(users)}`;
    return [{ keys: [...keys, 'runAsUser'], message, severity: 'error' }];
  });
}

function annotationProblems(
  identity: IdentityParameters,
  { min, max }: NonNullable<IdentityParameters['users']>,
): readonly ParameterProblem[] {
  if (min !== undefined || max !== undefined) {
    const message = 'expected either this, or min and max';
    return [{ keys: ['users', 'fromNamespaceAnnotation'], message, severity: 'error' }];
  }
  return givenUsers(identity).flatMap(({ keys, given: { runAsUser } }) => {
    if (runAsUser === undefined) return [];
    const message = `given in every namespace, and refused in those whose range does not include ${runAsUser}`;
    return [{ keys: [...keys, 'runAsUser'], message, severity: 'warning' }];
  });
}

function groupProblems(identity: IdentityParameters): readonly ParameterProblem[] {
  const { rootGroups } = identity;
  if (rootGroups === undefined) return [];
  return givenUsers(identity).flatMap(({ keys, given: { runAsUser, runAsGroup } }) => {
    if (runAsUser === undefined || runAsGroup !== undefined) return [];
    const message = `without a runAsGroup beside it the image decides the group, which rootGroups ${rootGroups} does not let pass`;
    return [{ keys: [...keys, 'runAsUser'], message, severity: rootGroups === 'Deny' ? 'error' : 'warning' }];
  });
}

/** Who gives a user: the policy itself, and each row. */
function givenUsers(identity: IdentityParameters) {
  const rows = (identity.images ?? []).map((given, index) => ({ keys: ['images', String(index)], given }));
  return [{ keys: [], given: identity }, ...rows];
}

/** `1000 to 65535`, `at least 1000`, `at most 65535`. */
export function usersInWords({ min, max }: { readonly min?: number; readonly max?: number }): string {
  if (max === undefined) return `at least ${min}`;
  if (min === undefined) return `at most ${max}`;
  return min === max ? String(min) : `${min} to ${max}`;
}
