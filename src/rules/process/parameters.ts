// The parameters of the rule `process`: how the processes of a pod are shared, reached and watched.
import { schemaFor, type ValueOf } from '../../model/schema.ts';

/** What to do about a violation; nothing where it is left out. */
const ACTION = { type: 'string', enum: ['Ignore', 'Warn', 'Deny'] } as const;

export const parameters = schemaFor({
  type: 'object',
  description: 'How the processes of a pod are shared, reached and watched.',
  additionalProperties: false,
  properties: {
    shareProcessNamespace: {
      ...ACTION,
      description: 'What to do about containers that see the processes of each other.',
    },
    stdin: { ...ACTION, description: 'What to do about containers with a standard input or a terminal.' },
    hostProbes: { ...ACTION, description: 'What to do about probes and lifecycle hooks that name a host.' },
    lifecycleExec: { ...ACTION, description: 'What to do about lifecycle hooks that run a command.' },
    requiredProbes: {
      type: 'array',
      description: 'The probes that containers and native sidecars must have.',
      uniqueItems: true,
      items: {
        type: 'string',
        enum: ['livenessProbe', 'readinessProbe', 'startupProbe'],
        description: 'A kind of probe.',
      },
    },
  },
});

export type ProcessParameters = ValueOf<typeof parameters>;

type Action = ProcessParameters['stdin'];

/** True where the parameter asks for a check at all. */
export function isAsked(action: Action): boolean {
  return action === 'Warn' || action === 'Deny';
}

/** The action that a parameter names, which goes before the policy's. */
export function actionOf(action: Action): 'Warn' | undefined {
  return action === 'Warn' ? 'Warn' : undefined;
}
