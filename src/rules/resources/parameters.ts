// The parameters of the rule `resources`: what pods must ask for, and how much of it they may have.
import { nanosOf } from '../../kubernetes/quantity.ts';
import { schemaFor, type ValueOf } from '../../model/schema.ts';
import { modeOf } from '../mode.ts';
import type { ParameterProblem } from '../rule.ts';

const QUANTITY = {
  type: ['integer', 'string'],
  minimum: 0,
  pattern: '^(?=\\.?[0-9])[0-9]*(\\.[0-9]*)?(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE][-+]?[0-9]{1,2})?$',
  maxLength: 64,
  errorMessage: 'expected a quantity such as 500m, 2 or 1Gi',
} as const;

/** `limits.memory`, `requests.nvidia.com/gpu`. */
const FIELD = {
  type: 'string',
  maxLength: 330,
  pattern: '^(requests|limits)\\.[A-Za-z0-9]([-A-Za-z0-9_./]*[A-Za-z0-9])?$',
  errorMessage: 'expected limits or requests, a dot and a resource, such as limits.memory',
} as const;

/** What every node has; a default for anything else would ask for devices that nobody wants. */
const AMOUNTS = {
  type: 'object',
  additionalProperties: false,
  properties: {
    cpu: { ...QUANTITY, description: 'Of cpu.' },
    memory: { ...QUANTITY, description: 'Of memory.' },
    'ephemeral-storage': { ...QUANTITY, description: 'Of ephemeral storage.' },
  },
} as const;

export const parameters = schemaFor({
  type: 'object',
  description: 'What pods must ask for, and how much they may have.',
  additionalProperties: false,
  properties: {
    required: {
      type: 'array',
      maxItems: 100,
      description: 'What every container must have, or its pod as a whole.',
      items: { ...FIELD, description: 'A limit or a request, such as limits.memory.' },
    },
    defaults: {
      type: 'object',
      description: 'What containers get that say nothing of a resource.',
      additionalProperties: false,
      properties: {
        requests: { ...AMOUNTS, description: 'Requests, by resource.' },
        limits: { ...AMOUNTS, description: 'Limits, by resource.' },
      },
    },
    max: {
      type: 'object',
      description:
        'The most that a container may have, or a pod as a whole where it says so; no limit is more than any.',
      propertyNames: FIELD,
      additionalProperties: { ...QUANTITY, description: 'The amount.' },
    },
    allowedExtended: {
      type: 'array',
      maxItems: 1000,
      description: 'The resources beside cpu, memory, ephemeral-storage and huge pages that containers may ask for.',
      items: { type: 'string', minLength: 1, description: 'The name of a resource, with *, ** and ?.' },
    },
    claims: modeOf('Pods that claim devices (resourceClaims).'),
  },
});

export type ResourcesParameters = ValueOf<typeof parameters>;

/** A limit or a request, as a policy names it. */
export interface ResourceField {
  readonly kind: 'requests' | 'limits';
  readonly resource: string;
}

/** The parts of `limits.memory`. */
export function resourceField(text: string): ResourceField {
  const dot = text.indexOf('.');
  return { kind: text.startsWith('requests.') ? 'requests' : 'limits', resource: text.slice(dot + 1) };
}

/** Defaults that the API server, or the rule itself, would refuse. */
export function resourcesProblems({ defaults = {}, max = {} }: ResourcesParameters): readonly ParameterProblem[] {
  const problems: ParameterProblem[] = [];
  const limits = new Map(Object.entries(defaults.limits ?? {}));
  for (const kind of ['requests', 'limits'] as const) {
    for (const [resource, amount] of Object.entries(defaults[kind] ?? {})) {
      const keys = ['defaults', kind, resource];
      const most = max[`${kind}.${resource}`];
      if (most !== undefined && isMore(amount, most))
        problems.push({ keys, severity: 'error', message: `is more than max allows, ${String(most)}` });
      const limit = kind === 'requests' ? limits.get(resource) : undefined;
      if (limit !== undefined && isMore(amount, limit))
        problems.push({ keys, severity: 'error', message: `is more than the default limit, ${String(limit)}` });
      if (kind === 'limits' && nanosOf(amount) === 0n)
        problems.push({ keys, severity: 'error', message: 'is zero, and a limit of zero is none' });
    }
  }
  return problems;
}

function isMore(amount: unknown, most: unknown): boolean {
  const [a, b] = [nanosOf(amount), nanosOf(most)];
  return a !== undefined && b !== undefined && a > b;
}
