// The `identity` section of a policy as JSON Schema: the runtime user each image needs.
import type { SchemaObject } from 'ajv';

/** Linux ids as Kubernetes takes them, without 0: root is never filled in. */
function id(description: string): SchemaObject {
  return { type: 'integer', minimum: 1, maximum: 2147483647, description };
}

const runtimeUser = {
  runAsUser: id('The numeric user a container runs as.'),
  runAsGroup: id('The numeric primary group a container runs as.'),
  fsGroup: id("The group that owns the pod's volumes."),
  fsGroupChangePolicy: {
    type: 'string',
    enum: ['OnRootMismatch', 'Always'],
    description: 'When the ownership of volumes is changed to fsGroup.',
  },
};

const imageRow: SchemaObject = {
  type: 'object',
  description: 'Which images, and who they run as.',
  additionalProperties: false,
  required: ['image', 'runAsUser'],
  properties: {
    image: {
      type: 'string',
      minLength: 1,
      description: 'Registry and repository, with * and ?; without a registry, docker.io is meant.',
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
    ...runtimeUser,
    source: { type: 'string', minLength: 1, description: 'Where the numbers come from.' },
    verified: { type: 'string', minLength: 1, description: 'When somebody last looked, such as 2026-11-22.' },
  },
  not: { required: ['tags', 'digest'] },
  errorMessage: 'expected tags or digest, found both',
};

export const identity: SchemaObject = {
  type: 'object',
  description: 'The runtime user, filled in where a container states none.',
  additionalProperties: false,
  properties: {
    runAsNonRoot: { type: 'boolean', description: 'Fill in runAsNonRoot together with the user.' },
    ...runtimeUser,
    images: {
      type: 'array',
      description: 'Users by image; the most specific row wins, and images without a row get the user above.',
      // Each row is held against each other.
      maxItems: 1000,
      items: imageRow,
    },
    unknownImage: {
      type: 'string',
      enum: ['Ignore', 'Warn', 'Deny'],
      description: 'What to do about an image that no row and no default user covers.',
    },
  },
};
