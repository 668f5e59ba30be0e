// The parameters of the rule `scheduling`: on which nodes pods run, and before which others.
import { labelKey, labelValue, subdomain } from '../../kubernetes/schema/names.ts';
import { schemaFor, type ValueOf } from '../../model/schema.ts';
import { modeOf } from '../mode.ts';
import type { ParameterProblem } from '../rule.ts';
import { priorityClassAllowed } from './priority-class.ts';

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] as const;

/** The names of schedulers and priority classes have no other characters. */
const NAME = {
  type: 'string',
  maxLength: 253,
  pattern: '^[-a-z0-9.*?]*$',
  errorMessage: 'expected a name: lower-case letters, digits, "-" and ".", with * and ?',
} as const;

const TOLERATION = {
  type: 'object',
  description: 'A toleration, as pods have it.',
  additionalProperties: false,
  properties: {
    key: { ...labelKey, type: 'string', description: 'The key of the taint; every key where absent.' },
    operator: {
      type: 'string',
      enum: ['Equal', 'Exists'],
      description: 'Whether the value counts; Equal where absent.',
    },
    value: { ...labelValue, type: 'string', description: 'The value of the taint.' },
    effect: { type: 'string', enum: EFFECTS, description: 'The effect of the taint; every effect where absent.' },
    tolerationSeconds: {
      type: 'integer',
      description: 'For how long a taint of NoExecute is tolerated; for ever where absent.',
    },
  },
} as const;

export const parameters = schemaFor({
  type: 'object',
  description: 'On which nodes pods run, and before which other pods.',
  additionalProperties: false,
  properties: {
    addNodeSelector: {
      type: 'object',
      description: 'Labels of nodes, added to the nodeSelector where it has no value for the label.',
      propertyNames: labelKey,
      additionalProperties: { ...labelValue, type: 'string', description: 'The value of the label.' },
    },
    requiredNodeSelector: {
      type: 'object',
      description: 'Labels of nodes that the nodeSelector must ask for.',
      propertyNames: labelKey,
      additionalProperties: { ...labelValue, type: 'string', description: 'The value of the label.' },
    },
    addTolerations: {
      type: 'array',
      maxItems: 100,
      description: 'Tolerations that are added, and allowed.',
      items: TOLERATION,
    },
    requiredTolerations: {
      type: 'array',
      maxItems: 100,
      description: 'Tolerations that pods must have, themselves or as part of a wider one, and may have.',
      items: TOLERATION,
    },
    allowedTolerations: {
      type: 'array',
      maxItems: 1000,
      description: 'What pods may tolerate, beside what the API server and the policy add.',
      items: {
        type: 'object',
        description: 'The taints that may be tolerated.',
        additionalProperties: false,
        required: ['key'],
        properties: {
          key: {
            type: 'string',
            description: 'The key of the taint, with *, ** and ?; empty for tolerations of every taint.',
          },
          value: { type: 'string', description: 'Its value, with * and ?; any, or all of them at once, where absent.' },
          effect: {
            type: 'string',
            enum: EFFECTS,
            description: 'Its effect; any, or all of them at once, where absent.',
          },
        },
      },
    },
    nodeName: modeOf('Pods that name their node, and so go past the scheduler and taints of NoSchedule.'),
    allowedSchedulers: {
      type: 'array',
      maxItems: 1000,
      description: 'The schedulers that pods may name; a pod that names none has default-scheduler.',
      items: { ...NAME, description: 'The name of a scheduler, with * and ?.' },
    },
    defaultPriorityClass: {
      ...subdomain,
      type: 'string',
      description: 'The PriorityClass of pods that name none.',
    },
    allowedPriorityClasses: {
      type: 'array',
      maxItems: 1000,
      description: 'The PriorityClasses that pods may name; with an empty name among them, they may name none.',
      items: { ...NAME, description: 'The name of a PriorityClass, with * and ?.' },
    },
  },
});

export type SchedulingParameters = ValueOf<typeof parameters>;

type Toleration = NonNullable<SchedulingParameters['addTolerations']>[number];

/** What would make the API server, or the rule itself, refuse every pod that is completed. */
export function schedulingProblems(scheduling: SchedulingParameters): readonly ParameterProblem[] {
  const { addNodeSelector = {}, requiredNodeSelector = {} } = scheduling;
  const { defaultPriorityClass, allowedPriorityClasses } = scheduling;
  const problems: ParameterProblem[] = [];
  const error = (keys: readonly string[], message: string) => problems.push({ keys, message, severity: 'error' });
  for (const [key, value] of Object.entries(addNodeSelector)) {
    if (Object.hasOwn(requiredNodeSelector, key) && requiredNodeSelector[key] !== value)
      error(
        ['addNodeSelector', key],
        `is not the value that requiredNodeSelector asks for, ${requiredNodeSelector[key]}`,
      );
  }
  for (const name of ['addTolerations', 'requiredTolerations'] as const) {
    for (const [index, toleration] of (scheduling[name] ?? []).entries()) {
      for (const [keys, message] of impossible(toleration)) error([name, String(index), ...keys], message);
    }
  }
  if (defaultPriorityClass !== undefined && !priorityClassAllowed(allowedPriorityClasses)(defaultPriorityClass))
    error(['defaultPriorityClass'], 'is not among the allowedPriorityClasses');
  return problems;
}

/** What the API server refuses of a toleration. */
function* impossible({ key, operator, value, effect, tolerationSeconds }: Toleration) {
  if (key === undefined && operator !== 'Exists') yield [[], 'without a key needs the operator Exists'] as const;
  if (operator === 'Exists' && value) yield [['value'], 'cannot be given with the operator Exists'] as const;
  if (tolerationSeconds !== undefined && effect !== 'NoExecute')
    yield [['tolerationSeconds'], 'needs the effect NoExecute'] as const;
}
