// The parameters of the rule `runtime`: the RuntimeClass that pods run with.
import { subdomain } from '../../kubernetes/schema/names.ts';
import { schemaFor, type ValueOf } from '../../model/schema.ts';
import { modeOf } from '../mode.ts';
import type { ParameterProblem } from '../rule.ts';
import { NONE, runtimeJudge } from './runtime-judge.ts';

/** No name of a RuntimeClass has any other character. */
const NAME = {
  type: 'string',
  maxLength: 253,
  pattern: '^[-a-z0-9.*?]+$',
  errorMessage: 'expected the name of a RuntimeClass: lower-case letters, digits, "-" and ".", with * and ?; or none',
} as const;

const FAMILY = {
  type: 'array',
  maxItems: 100,
  items: { ...NAME, description: 'The name of a RuntimeClass, with * and ?.' },
} as const;

export const parameters = schemaFor({
  type: 'object',
  description: 'The RuntimeClass that pods run with.',
  additionalProperties: false,
  properties: {
    default: { ...subdomain, type: 'string', description: 'The runtimeClassName to fill in where a pod names none.' },
    override: {
      type: 'boolean',
      description:
        'Replace a class that allowed and minimum do not let pass (without them: any) by the default, with a warning.',
    },
    allowed: {
      type: 'array',
      maxItems: 1000,
      description: 'The RuntimeClasses that pods may name; none among them stands for a pod that names none.',
      items: { ...NAME, description: 'The name of a RuntimeClass, with * and ?; or none.' },
    },
    minimum: {
      type: 'object',
      description: 'How well pods must be isolated, at least.',
      additionalProperties: false,
      required: ['order', 'atLeast'],
      properties: {
        order: {
          type: 'array',
          minItems: 1,
          maxItems: 100,
          description: 'RuntimeClasses from the weakest to the strongest. One that is not listed is weaker than any.',
          items: { ...NAME, description: 'The name of a RuntimeClass, with * and ?; or none.' },
        },
        atLeast: { ...NAME, description: 'The entry of order that pods must have, or one behind it.' },
      },
    },
    exists: modeOf('Pods whose RuntimeClass does not exist. Nothing is said where it is not known which exist.'),
    nodes: modeOf('Pods whose RuntimeClass no node can run. Nothing is said where the nodes are not known.'),
    incompatible: modeOf('Pods that ask for what their sandbox, gVisor or Kata Containers, cannot do.'),
    sandboxes: {
      type: 'object',
      description:
        'RuntimeClasses of a sandbox whose name or handler does not say so, as gvisor-*, runsc-* and kata-* do.',
      additionalProperties: false,
      properties: {
        gvisor: { ...FAMILY, description: 'Those that run gVisor.' },
        kata: { ...FAMILY, description: 'Those that run Kata Containers.' },
      },
    },
  },
});

export type RuntimeParameters = ValueOf<typeof parameters>;

/** Parameters that contradict each other. */
export function runtimeProblems(runtime: RuntimeParameters): readonly ParameterProblem[] {
  const { default: name, override, allowed, minimum, incompatible, sandboxes } = runtime;
  const problems: ParameterProblem[] = [];
  const add = (severity: ParameterProblem['severity'], key: readonly string[], message: string) =>
    problems.push({ keys: key, message, severity });
  if (override && name === undefined) add('error', ['override'], 'overrides nothing without a default');
  if (minimum && !minimum.order.includes(minimum.atLeast))
    add('error', ['minimum', 'atLeast'], 'is not an entry of order');
  if (name !== undefined && (allowed !== undefined || minimum !== undefined) && !runtimeJudge(runtime).passes(name))
    add('error', ['default'], 'is a RuntimeClass that the rule itself refuses');
  if (allowed?.length === 0) add('warning', ['allowed'], `allows no pod at all (${NONE} allows pods without a class)`);
  if (sandboxes && incompatible === undefined)
    add('warning', ['sandboxes'], 'has no effect: the policy says nothing of what is incompatible');
  return problems;
}
