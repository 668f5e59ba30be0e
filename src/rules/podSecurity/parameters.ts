// The parameters of the rule `podSecurity`.
import { schemaFor, type ValueOf } from '../../model/schema.ts';
import { type Level, type PodSecurityVersion, parseVersion } from '../../pod-security/standard.ts';

export const parameters = schemaFor(
  {
    type: 'object',
    description: 'The level of the Pod Security Standards that pods must meet.',
    additionalProperties: false,
    properties: {
      level: {
        type: 'string',
        enum: ['privileged', 'baseline', 'restricted'],
        description: 'The level pods must meet.',
      },
      version: {
        type: 'string',
        default: 'latest',
        pattern: '^(latest|v1\\.(0|[1-9][0-9]*))$',
        errorMessage: 'expected latest or v1.N, such as v1.35',
        description: 'The Kubernetes minor version whose definition of the level applies: latest or v1.N.',
      },
      fromNamespaceLabels: {
        type: 'boolean',
        const: true,
        description: "Take levels and versions from the namespace's pod-security.kubernetes.io labels instead.",
      },
    },
  },
  {
    oneOf: [{ required: ['level'] }, { required: ['fromNamespaceLabels'] }],
    errorMessage: 'expected either level or fromNamespaceLabels',
    dependentRequired: { version: ['level'] },
  },
);

export type PodSecurityParameters = ValueOf<typeof parameters>;

/** Which level of the Pod Security Standards a policy holds pods to. */
export type PodSecurity =
  | { readonly from: 'policy'; readonly level: Level; readonly version: PodSecurityVersion }
  | { readonly from: 'namespaceLabels' };

/** The level that parameters name, or where it is to be read. */
export function compilePodSecurity({ level, version }: PodSecurityParameters): PodSecurity {
  if (level === undefined) return { from: 'namespaceLabels' };
  // A minor too large to be a number is, like any minor newer than we know, judged by the newest rules.
  return { from: 'policy', level, version: parseVersion(version ?? 'latest') ?? 'latest' };
}
