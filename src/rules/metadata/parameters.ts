// The parameters of the rule `metadata`: the labels and annotations of pods and of the objects around them.
import { labelKey, labelValue } from '../../kubernetes/schema/names.ts';
import { globsIntersect } from '../../model/glob.ts';
import { schemaFor, type ValueOf } from '../../model/schema.ts';
import { namesOf } from '../people.ts';
import type { ParameterProblem } from '../rule.ts';

/** A pattern for keys, with `*`, `**` and `?`. */
const KEY_PATTERN = {
  type: 'string',
  minLength: 1,
  maxLength: 317,
  pattern: '^[-A-Za-z0-9_./*?]+$',
  errorMessage: 'expected a key, or a pattern for keys with *, ** and ?',
} as const;

const RESERVED = {
  type: 'array',
  description: 'Keys that only those named here may write. Also judged on the object around a pod template.',
  maxItems: 100,
  items: {
    type: 'object',
    description: 'Some keys, and who may write them; nobody where no one is named.',
    additionalProperties: false,
    required: ['keys'],
    properties: {
      keys: {
        type: 'array',
        description: 'The keys, with *, ** and ?.',
        minItems: 1,
        maxItems: 100,
        items: { ...KEY_PATTERN, description: 'A key, or a pattern for keys.' },
      },
      users: {
        type: 'array',
        description: 'Users who may write them.',
        maxItems: 100,
        items: { type: 'string', minLength: 1, description: 'The name of a user, as the API server knows it.' },
      },
      groups: {
        type: 'array',
        description: 'Groups whose members may write them.',
        maxItems: 100,
        items: { type: 'string', minLength: 1, description: 'The name of a group, as the API server knows it.' },
      },
      serviceAccounts: {
        type: 'array',
        description: 'Service accounts that may write them.',
        maxItems: 100,
        items: {
          type: 'string',
          maxLength: 317,
          pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?/[a-z0-9]([-a-z0-9.]*[a-z0-9])?$',
          errorMessage: 'expected NAMESPACE/NAME',
          description: 'A service account, as NAMESPACE/NAME.',
        },
      },
    },
  },
} as const;

/** What labels and annotations have in common. */
const LISTS = {
  required: {
    type: 'array',
    description: 'Keys that pods must have, with a value that is not empty.',
    maxItems: 100,
    items: { ...labelKey, type: 'string', description: 'A key that must be there.' },
  },
  forbidden: {
    type: 'array',
    description: 'Keys that nobody may use, with *, ** and ?. Also judged on the object around a pod template.',
    maxItems: 100,
    items: { ...KEY_PATTERN, description: 'A key, or a pattern for keys.' },
  },
  allowed: {
    type: 'array',
    description: 'The only keys that pods may have, with *, ** and ?, beside those that Kubernetes itself sets.',
    maxItems: 1000,
    items: { ...KEY_PATTERN, description: 'A key, or a pattern for keys.' },
  },
  reserved: RESERVED,
} as const;

export const parameters = schemaFor({
  type: 'object',
  description: 'The labels and annotations of pods.',
  additionalProperties: false,
  properties: {
    labels: {
      type: 'object',
      description: 'The labels of pods.',
      additionalProperties: false,
      properties: {
        add: {
          type: 'object',
          description: 'Labels that pods are given and keep: no update takes them off.',
          maxProperties: 100,
          propertyNames: labelKey,
          additionalProperties: { ...labelValue, type: 'string', description: 'The value of the label.' },
        },
        ...LISTS,
      },
    },
    annotations: {
      type: 'object',
      description: 'The annotations of pods.',
      additionalProperties: false,
      properties: {
        add: {
          type: 'object',
          description: 'Annotations that pods are given and keep: no update takes them off.',
          maxProperties: 100,
          propertyNames: labelKey,
          additionalProperties: { type: 'string', maxLength: 65536, description: 'The value of the annotation.' },
        },
        ...LISTS,
      },
    },
  },
});

export type MetadataParameters = ValueOf<typeof parameters>;

/** What the policy says of labels, or of annotations. */
export type KeyRules = NonNullable<MetadataParameters['labels']>;

/** Keys that are added or required and at once forbidden, unlisted or reserved for somebody else. */
export function metadataProblems(metadata: MetadataParameters): readonly ParameterProblem[] {
  const problems: ParameterProblem[] = [];
  for (const kind of ['labels', 'annotations'] as const) {
    const rules = metadata[kind];
    if (rules === undefined) continue;
    const { required = [], forbidden = [], allowed } = rules;
    const wanted = [
      ...Object.keys(rules.add ?? {}).map((key) => ({ key, keys: [kind, 'add', key], word: 'added' })),
      ...required.map((key, index) => ({ key, keys: [kind, 'required', String(index)], word: 'required' })),
    ];
    for (const { key, keys, word } of wanted) {
      const by = forbidden.find((pattern) => globsIntersect(pattern, key));
      if (by !== undefined) {
        const message = `"${key}" is ${word} here, and forbidden by "${by}"`;
        problems.push({ keys, message, severity: 'error' });
      }
      if (word === 'required' && allowed && !allowed.some((pattern) => globsIntersect(pattern, key))) {
        const message = `"${key}" is required here, and not among the allowed keys`;
        problems.push({ keys, message, severity: 'error' });
      }
    }
    for (const [index, row] of (rules.reserved ?? []).entries()) {
      if (namesOf(row).length > 0) continue;
      const message =
        'names nobody who may write these keys, so that no controller can either (forbidden says the same)';
      problems.push({ keys: [kind, 'reserved', String(index)], message, severity: 'warning' });
    }
  }
  return problems;
}
