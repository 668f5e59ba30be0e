// The parameters of the rule `serviceAccount`: which account pods run as, and which tokens and certificates they hold.
import { globCovers } from '../../model/glob.ts';
import { schemaFor, type ValueOf } from '../../model/schema.ts';
import type { ParameterProblem } from '../rule.ts';

/** No name of an account has any other character, so that another pattern could match nothing. */
const ACCOUNT = {
  type: 'string',
  maxLength: 253,
  pattern: '^[-a-z0-9.*?]+$',
  errorMessage: 'expected the name of a service account: lower-case letters, digits, "-" and ".", with * and ?',
} as const;

export const parameters = schemaFor({
  type: 'object',
  description: 'The service account that pods run as, and the tokens and certificates that they hold.',
  additionalProperties: false,
  properties: {
    automountToken: {
      type: 'boolean',
      const: false,
      description:
        'Pods must not hold the token for the API server: automountServiceAccountToken false is filled in, and required.',
    },
    requiredAutomountToken: {
      type: 'boolean',
      const: false,
      description:
        'Pods must not hold that token either way: automountServiceAccountToken false is required, and not filled in.',
    },
    override: {
      type: 'boolean',
      description: 'Replace automountServiceAccountToken true by false, with a warning, instead of refusing it.',
    },
    allowed: {
      type: 'array',
      maxItems: 1000,
      description: 'The service accounts that pods may run as; a pod that names none runs as "default".',
      items: { ...ACCOUNT, description: 'A name, with * and ?.' },
    },
    forbidden: {
      type: 'array',
      maxItems: 1000,
      description: 'The service accounts that pods must not run as, also where they are allowed.',
      items: { ...ACCOUNT, description: 'A name, with * and ?.' },
    },
    tokens: {
      type: 'array',
      maxItems: 1000,
      description: 'The tokens that pods may project into volumes; none where empty.',
      items: {
        type: 'object',
        description: 'For whom tokens may be, and for how long.',
        additionalProperties: false,
        required: ['audience'],
        properties: {
          audience: {
            type: 'string',
            description: 'The audience of the token, with *, ** and ?; empty for that of the API server.',
          },
          maxExpirationSeconds: {
            type: 'integer',
            // The API server refuses shorter ones.
            minimum: 600,
            description: 'The longest that a token may be valid. A pod that says nothing has one for 3600 seconds.',
          },
        },
      },
    },
    allowedTrustBundles: {
      type: 'array',
      maxItems: 1000,
      description: 'The ClusterTrustBundles that pods may project, by name or by the name of the signer.',
      items: { type: 'string', minLength: 1, description: 'A name, with *, ** and ?.' },
    },
    allowedCertificateSigners: {
      type: 'array',
      maxItems: 1000,
      description: 'The signers from which pods may project certificates of their own.',
      items: { type: 'string', minLength: 1, description: 'The name of a signer, with *, ** and ?.' },
    },
  },
});

export type ServiceAccountParameters = ValueOf<typeof parameters>;

/** Parameters that contradict each other, or that leave a way around them. */
export function serviceAccountProblems({
  automountToken,
  requiredAutomountToken,
  override,
  allowed,
  forbidden = [],
  tokens,
}: ServiceAccountParameters): readonly ParameterProblem[] {
  const problems: ParameterProblem[] = [];
  if (override && automountToken === undefined) {
    problems.push({
      keys: ['override'],
      severity: 'error',
      message: 'overrides nothing without automountToken: false',
    });
  }
  if (automountToken !== undefined && requiredAutomountToken !== undefined) {
    const message = 'adds nothing to automountToken: false, which requires it as well';
    problems.push({ keys: ['requiredAutomountToken'], severity: 'error', message });
  }
  if (tokens === undefined && (automountToken ?? requiredAutomountToken) === false) {
    const message =
      'a pod can still project a token for the API server into a volume of its own (tokens: [] allows none)';
    const key = automountToken === undefined ? 'requiredAutomountToken' : 'automountToken';
    problems.push({ keys: [key], severity: 'warning', message });
  }
  if (allowed?.every((name) => forbidden.some((pattern) => globCovers(pattern, name)))) {
    const message = 'allows no service account that is not forbidden, and every pod runs as one';
    problems.push({ keys: ['allowed'], severity: 'warning', message });
  }
  return problems;
}
