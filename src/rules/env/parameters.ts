// The parameters of the rule `env`: the environment variables of containers.
import { isGlob } from '../../model/glob.ts';
import { schemaFor, type ValueOf } from '../../model/schema.ts';
import { nameList } from '../name-list.ts';
import type { ParameterProblem } from '../rule.ts';
import { forbiddenNames } from './lists.ts';

/** As the API server validates names: printable ASCII without `=`. */
const ENV_NAME = {
  type: 'string',
  minLength: 1,
  maxLength: 253,
  pattern: '^[ -<>-~]+$',
  errorMessage: 'expected printable ASCII without "="',
} as const;

export const parameters = schemaFor({
  type: 'object',
  description: 'The environment variables of containers.',
  additionalProperties: false,
  properties: {
    add: {
      type: 'array',
      description: 'Variables that containers are given where they set none of that name.',
      maxItems: 100,
      items: {
        type: 'object',
        description: 'A variable and its value.',
        additionalProperties: false,
        required: ['name', 'value'],
        properties: {
          name: { ...ENV_NAME, description: 'The name of the variable.' },
          value: { type: 'string', maxLength: 65536, description: 'The value; $(NAME) stands for another variable.' },
        },
      },
    },
    forbidden: {
      type: 'array',
      description: 'Names that containers must not set, with *, ** and ?.',
      maxItems: 1000,
      items: { ...ENV_NAME, description: 'A name, or a pattern for names.' },
    },
    forbiddenLists: {
      type: 'array',
      description: 'Lists of names that containers must not set.',
      uniqueItems: true,
      items: {
        type: 'string',
        enum: ['DynamicLinker', 'Interpreters'],
        description: 'LD_PRELOAD and its kin, or variables that make interpreters run or load something.',
      },
    },
    secretRefs: {
      type: 'string',
      enum: ['Ignore', 'Warn', 'Deny'],
      description: 'What to do about variables that come from Secrets, one by one or by envFrom.',
    },
    allowedFieldRefs: {
      type: 'array',
      description: 'The only fields of the pod that variables may come from, with *, ** and ?.',
      maxItems: 100,
      items: { type: 'string', minLength: 1, description: 'A field path, such as metadata.name.' },
    },
  },
});

export type EnvParameters = ValueOf<typeof parameters>;

/** Variables that are added and at once forbidden, or added twice. */
export function envProblems(env: EnvParameters): readonly ParameterProblem[] {
  const problems: ParameterProblem[] = [];
  const names = new Set<string>();
  for (const [index, { name }] of (env.add ?? []).entries()) {
    const keys = ['add', String(index), 'name'];
    if (names.has(name)) problems.push({ keys, message: `"${name}" is added twice`, severity: 'error' });
    names.add(name);
    const by = forbiddenNames(env).find((pattern) => nameList([pattern]).includes(name));
    if (by === undefined) continue;
    const pattern = isGlob(by) ? ` by "${by}"` : '';
    problems.push({ keys, message: `"${name}" is added here, and forbidden${pattern}`, severity: 'error' });
  }
  return problems;
}
