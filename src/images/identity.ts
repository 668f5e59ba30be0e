// The runtime user an image needs, as policies state it: the schemas, and the types that follow from them.
import { schemaFor, type ValueOf } from '../model/schema.ts';

/** Linux ids as Kubernetes takes them, without 0: root is never filled in. */
const ID = { type: 'integer', minimum: 1, maximum: 2147483647 } as const;

/** What a row, or the policy for images without a row, gives a container. */
export const RUNTIME_USER_PROPERTIES = {
  runAsUser: { ...ID, description: 'The numeric user a container runs as.' },
  runAsGroup: { ...ID, description: 'The numeric primary group a container runs as.' },
  fsGroup: { ...ID, description: "The group that owns the pod's volumes." },
  fsGroupChangePolicy: {
    type: 'string',
    enum: ['OnRootMismatch', 'Always'],
    description: 'When the ownership of volumes is changed to fsGroup.',
  },
} as const;

const RUNTIME_USER = schemaFor({
  type: 'object',
  additionalProperties: false,
  required: ['runAsUser'],
  properties: RUNTIME_USER_PROPERTIES,
});

/** Numbers are Linux ids. */
export type RuntimeUser = ValueOf<typeof RUNTIME_USER>;

/** One row of the table: which images, and who they run as. */
export const IMAGE_ROW = {
  type: 'object',
  description: 'Which images, and who they run as.',
  additionalProperties: false,
  required: ['image', 'runAsUser'],
  properties: {
    image: {
      type: 'string',
      minLength: 1,
      description: 'Registry and repository, with *, ** and ?; without a registry, docker.io is meant.',
    },
    tags: {
      type: 'string',
      minLength: 1,
      description: 'An exact tag, a pattern with * and ?, or a semver range that begins with a comparator.',
    },
    digest: {
      type: 'string',
      pattern: '^sha256:[a-f0-9]{64}$',
      errorMessage: 'expected sha256: and 64 hexadecimal digits in lower case',
      description: 'The exact digest of the image.',
    },
    ...RUNTIME_USER_PROPERTIES,
    source: { type: 'string', minLength: 1, description: 'Where the numbers come from.' },
    verified: { type: 'string', minLength: 1, description: 'When somebody last looked, such as 2026-11-22.' },
  },
  not: { required: ['tags', 'digest'] },
  errorMessage: 'expected tags or digest, found both',
} as const;

const ROW = schemaFor(IMAGE_ROW);

export type ImageRow = ValueOf<typeof ROW>;

/** What an image table is made of: rows, and the user for images without a row. */
export interface ImageUsers extends Partial<RuntimeUser> {
  readonly images?: readonly ImageRow[];
}
