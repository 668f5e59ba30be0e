// The parameters of the rule `connect`: who may connect to running pods, to which of their containers, and with which commands.
import type { SchemaFor } from '../../model/schema.ts';
import { PEOPLE_PROPERTIES, type People } from '../people.ts';
import type { ParameterProblem } from '../rule.ts';

/** Who may connect, and to what. What is absent decides nothing, and an empty list allows nothing. */
export interface Access extends People {
  /** The names of containers. */
  readonly containers?: readonly string[];
  /** Programs with their arguments. */
  readonly commands?: readonly (readonly string[])[];
}

/** `Deny`: nobody may. */
export type AccessOrDeny = Access | 'Deny';

export interface ConnectParameters {
  readonly exec?: AccessOrDeny;
  readonly attach?: AccessOrDeny;
  readonly portForward?: AccessOrDeny;
  readonly proxy?: AccessOrDeny;
  readonly ephemeralContainers?: AccessOrDeny;
}

const CONTAINERS = {
  type: 'array',
  description:
    'The names of the containers that they may connect to; one of a capability class is never meant unless it is named.',
  maxItems: 100,
  items: { type: 'string', minLength: 1, maxLength: 63, description: 'The name of a container.' },
} as const;

const TARGETS = {
  ...CONTAINERS,
  description: 'The names of the containers whose processes the new one may see (targetContainerName).',
} as const;

const COMMANDS = {
  type: 'array',
  description: 'The commands that they may run, each with all of its arguments.',
  maxItems: 100,
  items: {
    type: 'array',
    description: 'A program and its arguments, to the letter.',
    minItems: 1,
    maxItems: 100,
    items: { type: 'string', maxLength: 4096, description: 'The program, or an argument.' },
  },
} as const;

function access(description: string, properties: object) {
  return {
    description,
    type: ['string', 'object'],
    if: { type: 'object' },
    else: { enum: ['Deny'] },
    additionalProperties: false,
    minProperties: 1,
    properties: { ...PEOPLE_PROPERTIES, ...properties },
  };
}

export const parameters: SchemaFor<ConnectParameters> = {
  type: 'object',
  description:
    'Who may connect to running pods: needs the webhook for connections, which is registered only where it is asked for.',
  additionalProperties: false,
  minProperties: 1,
  properties: {
    exec: access('Who may run commands in which containers (kubectl exec, kubectl cp).', {
      containers: CONTAINERS,
      commands: COMMANDS,
    }),
    attach: access('Who may attach to the main process of which containers (kubectl attach).', {
      containers: CONTAINERS,
    }),
    portForward: access('Who may reach the ports of pods through the API server (kubectl port-forward).', {}),
    proxy: access('Who may send HTTP requests to pods through the API server (pods/proxy).', {}),
    ephemeralContainers: access('Who may add ephemeral containers to pods (kubectl debug).', { containers: TARGETS }),
  },
};

/** Ways in that are open where another one is restricted. */
export function connectProblems({ exec, attach, ephemeralContainers }: ConnectParameters): readonly ParameterProblem[] {
  if (exec === undefined) return [];
  const open = [
    ...(attach === undefined ? ['attach'] : []),
    ...(ephemeralContainers === undefined ? ['ephemeralContainers'] : []),
  ];
  if (open.length === 0) return [];
  const message = `says nothing of ${open.join(' and ')}: users who may not exec can still get in that way, as far as RBAC lets them`;
  return [{ keys: ['exec'], message, severity: 'warning' }];
}
