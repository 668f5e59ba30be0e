// The status of our kinds as a structural schema: conditions, in the form Kubernetes gives them everywhere.
import type { JsonObject } from '../../src/model/json.ts';
import type { OwnKind } from '../../src/resources/kind.ts';
import { LAST_ACCEPTED, MOST_KEPT_BYTES } from '../../src/resources/last-accepted.ts';
import { refusalReasons } from '../../src/resources/record.ts';
import { orWords } from '../../src/resources/words.ts';

/** The schema of a status of this kind. */
export function statusSchema(own: OwnKind): JsonObject {
  const { noun } = own;
  return {
    type: 'object',
    description: `What became of the ${noun}. Written by Sandgate.`,
    properties: {
      conditions: {
        type: 'array',
        description: 'What is and is not so.',
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['type'],
        items: condition(own),
      },
      ...(own.keepsLastAccepted && { [LAST_ACCEPTED]: lastAccepted(own) }),
    },
  };
}

function lastAccepted({ noun }: OwnKind): JsonObject {
  return {
    type: 'object',
    description: `The last version of the ${noun} that was accepted: it stays in force while a newer one is not.`,
    required: ['uid', 'generation', 'apiVersion', 'spec'],
    properties: {
      uid: { type: 'string', description: 'The uid of the object that it is a version of.', maxLength: 128 },
      generation: { type: 'integer', format: 'int64', minimum: 0, description: 'Which generation it is.' },
      apiVersion: { type: 'string', description: 'The API version that the spec is written in.', maxLength: 316 },
      spec: { type: 'string', description: 'The spec, as JSON.', maxLength: MOST_KEPT_BYTES },
    },
  };
}

function condition(own: OwnKind): JsonObject {
  const { noun } = own;
  return {
    type: 'object',
    description: 'One thing that is or is not so.',
    required: ['type', 'status', 'lastTransitionTime', 'reason', 'message'],
    properties: {
      type: {
        type: 'string',
        description: `What the condition is about. Accepted: the newest version of the ${noun} is in force.`,
        maxLength: 316,
        pattern:
          '^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$',
      },
      status: { type: 'string', description: 'Whether it is so.', enum: ['True', 'False', 'Unknown'] },
      observedGeneration: {
        type: 'integer',
        format: 'int64',
        minimum: 0,
        description: `The generation of the ${noun} that this was said about.`,
      },
      lastTransitionTime: { type: 'string', format: 'date-time', description: 'When the status last changed.' },
      reason: {
        type: 'string',
        description: `Why, in a word: ${orWords(['Accepted', ...refusalReasons(own), 'Uninstalled'])}.`,
        minLength: 1,
        maxLength: 1024,
        pattern: '^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$',
      },
      message: {
        type: 'string',
        description: 'What is wrong, where and what was expected; and which generation is in force instead.',
        maxLength: 32768,
      },
    },
  };
}
