// The parameters of the rule `images`: which images run, and where they are pulled from.
import { PULL_POLICIES } from '../../images/pull-policy.ts';
import { subdomain } from '../../kubernetes/schema/names.ts';
import { schemaFor, type ValueOf } from '../../model/schema.ts';

/** Each pattern is tried on each image. */
const MOST = 1000;

function patterns(description: string) {
  return {
    type: 'array',
    description,
    maxItems: MOST,
    uniqueItems: true,
    items: {
      type: 'string',
      minLength: 1,
      maxLength: 512,
      description: 'Registry and repository, with *, ** and ?; without a registry, docker.io is meant.',
    },
  } as const;
}

const prefix = { type: 'string', minLength: 1, maxLength: 255 } as const;

export const parameters = schemaFor({
  type: 'object',
  description: 'Which images containers and image volumes use, and where they are pulled from.',
  additionalProperties: false,
  properties: {
    allowed: patterns('The images that may be used; an empty list allows none.'),
    forbidden: patterns('Images that must not be used, also where they are allowed.'),
    digest: { type: 'string', enum: ['Required'], description: 'Whether an image must be named by its digest.' },
    forbiddenTags: {
      type: 'array',
      description: 'Tags that must not be used without a digest.',
      maxItems: MOST,
      uniqueItems: true,
      items: {
        type: 'string',
        maxLength: 128,
        description: 'A tag, or a pattern with * and ?; an empty text stands for an image without a tag.',
      },
    },
    defaultPullPolicy: {
      type: 'string',
      enum: ['Always', 'Never'],
      errorMessage: 'expected Always or Never (IfNotPresent is what the API server fills in itself)',
      description: 'The pull policy in place of the IfNotPresent that the API server fills in.',
    },
    requiredPullPolicy: {
      type: 'string',
      enum: PULL_POLICIES,
      description: 'The pull policy that every container and image volume must have.',
    },
    rewrite: {
      type: 'array',
      description: 'Mirrors; of several rows the one with the longest from counts.',
      minItems: 1,
      maxItems: MOST,
      items: {
        type: 'object',
        description: 'One registry, or a part of one, and where it is mirrored.',
        additionalProperties: false,
        required: ['from', 'to'],
        properties: {
          from: { ...prefix, description: 'The registry, or registry and beginning of a path, that is replaced.' },
          to: { ...prefix, description: 'What stands in its place.' },
        },
      },
    },
    addPullSecrets: {
      type: 'array',
      description: 'Secrets to pull images with, added to pods that do not list them.',
      minItems: 1,
      maxItems: 20,
      uniqueItems: true,
      items: { ...subdomain, type: 'string', description: "The name of a Secret in the pod's namespace." },
    },
  },
});

export type ImageParameters = ValueOf<typeof parameters>;
