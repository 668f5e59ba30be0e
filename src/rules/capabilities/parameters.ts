// The parameters of the rule `capabilities`: the classes that workloads may be granted.
import { className, implementationName } from '../../grants/names.ts';
import { schemaFor, type ValueOf } from '../../model/schema.ts';

export const parameters = schemaFor({
  type: 'array',
  description: 'The capability classes these workloads may be granted.',
  maxItems: 64,
  items: {
    type: 'object',
    description: 'One class, and how these workloads have it.',
    additionalProperties: false,
    required: ['name'],
    properties: {
      name: { ...className, description: 'The name of the CapabilityClass.' },
      implementation: {
        ...implementationName,
        description: 'The implementation to use; the first of the class whose condition holds where absent.',
      },
      assign: {
        type: 'string',
        enum: ['OnRequest', 'Always'],
        default: 'OnRequest',
        description: 'OnRequest: workloads ask with an annotation. Always: every workload the policy matches has it.',
      },
      into: {
        type: 'string',
        enum: ['Pod', 'Object'],
        default: 'Pod',
        description: 'Object: what the class adds is also written into Sandboxes, and not into their pods alone.',
      },
    },
  },
});

/** What a policy says of the classes it lists. */
export type CapabilitiesParameters = ValueOf<typeof parameters>;

/** One of them. */
export type CapabilityRef = CapabilitiesParameters[number];
