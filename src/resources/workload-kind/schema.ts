// A WorkloadKind document as JSON Schema (draft 2020-12): what is accepted, what editors complete, and what the docs
// say of each key. scripts/schema.ts writes it to policies/schema.
import type { SchemaObject } from 'ajv';
import { subdomain } from '../../kubernetes/schema/names.ts';
import { FORMS } from '../../workloads/form.ts';
import { ENFORCEMENTS } from '../../workloads/workload.ts';
import { documentSchema } from '../schema-document.ts';

/** RFC 6901, without the empty pointer. `*` alone between slashes stands for every member. */
const POINTER: SchemaObject = {
  type: 'string',
  maxLength: 1024,
  pattern: '^(/([^/~]|~[01])*)+$',
  errorMessage: 'expected a JSON pointer such as /spec/podTemplate or /spec/groups/*/template',
};

/** As above, or empty: the place itself. */
const POINTER_INSIDE: SchemaObject = {
  type: 'string',
  maxLength: 1024,
  pattern: '^(/([^/~]|~[01])*)*$',
  errorMessage: 'expected a JSON pointer such as /image or /sidecars, or an empty text for the place itself',
};

const spec: SchemaObject = {
  type: 'object',
  description: 'Where pod templates stand in objects of the kind, and how strictly they are judged.',
  additionalProperties: false,
  required: ['group', 'kind'],
  properties: {
    group: {
      type: 'string',
      maxLength: 253,
      pattern: '^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*)?$',
      errorMessage: 'expected the name of an API group in lower case, such as example.dev',
      description: 'The API group, without a version; empty for the core group.',
    },
    kind: {
      type: 'string',
      maxLength: 63,
      pattern: '^[A-Z][A-Za-z0-9]*$',
      errorMessage: 'expected the name of a kind, such as RunnerGroup',
      description: 'The kind.',
    },
    plural: {
      type: 'string',
      maxLength: 63,
      pattern: '^[a-z][a-z0-9]*$',
      errorMessage: 'expected the plural in lower case, as in paths of the API, such as runnergroups',
      description:
        'The plural, as in paths of the API. Not needed for a kind that is built in; likewise versions and templates.',
    },
    versions: {
      type: 'array',
      description:
        'The versions that these pointers are right for. Objects of other versions are judged by them as well.',
      minItems: 1,
      maxItems: 32,
      uniqueItems: true,
      items: {
        type: 'string',
        maxLength: 63,
        pattern: '^v[0-9]+((alpha|beta)[0-9]+)?$',
        errorMessage: 'expected a version such as v1 or v1alpha1',
        description: 'A version.',
      },
    },
    scope: {
      type: 'string',
      enum: ['Namespaced', 'Cluster'],
      default: 'Namespaced',
      description: 'Whether objects of the kind belong to a namespace.',
    },
    templates: {
      type: 'array',
      description:
        'JSON pointers to where pod templates stand; * stands for each element of a list, and each value of a map.',
      minItems: 1,
      maxItems: 64,
      uniqueItems: true,
      items: { ...POINTER, description: 'A pointer, such as /spec/podTemplate.' },
    },
    form: {
      type: 'string',
      enum: FORMS,
      default: 'PodTemplate',
      description:
        'What stands there: metadata and spec of a pod; its spec alone; or some of its fields, of which a controller makes the rest.',
    },
    parts: {
      type: 'array',
      description:
        'With form Partial: which values are which fields of a pod. Without them metadata and spec stand there.',
      minItems: 1,
      maxItems: 128,
      items: {
        type: 'object',
        description: 'A value, and the field of a pod that it becomes.',
        additionalProperties: false,
        required: ['from', 'to'],
        properties: {
          from: { ...POINTER_INSIDE, description: 'A JSON pointer from the template on.' },
          to: {
            type: 'string',
            maxLength: 128,
            description:
              'The field: spec.volumes, metadata.labels, container.image for the container that the controller makes, spec for all fields of it.',
          },
          name: {
            type: 'string',
            minLength: 1,
            maxLength: 63,
            description: 'The name of a container that has none in the object.',
          },
        },
      },
    },
    patches: {
      type: 'array',
      description:
        'JSON pointers to texts that change the pods later: that they cannot be judged here is said where one is set.',
      minItems: 1,
      maxItems: 64,
      uniqueItems: true,
      items: { ...POINTER, description: 'A pointer, such as /spec/podSpecPatch.' },
    },
    enforcement: {
      type: 'string',
      enum: ENFORCEMENTS,
      description:
        'Enforce: a violation refuses the object. Warn: it is let in with a warning, and its pods are refused. Ignore: it is not looked at. Warn by default, or as the built-in row of the kind has it.',
    },
    fillIn: {
      type: 'boolean',
      description:
        'Whether objects of the kind are filled in, and not only their pods. False by default, or as the built-in row has it.',
    },
  },
};

export const WORKLOAD_KIND_SCHEMA: SchemaObject = documentSchema({
  kind: 'WorkloadKind',
  description: 'One more kind that holds pod templates, or another treatment of a kind that is built in.',
  noun: 'workload kind',
  plural: 'workload kinds',
  name: {
    ...subdomain,
    description: 'The kind with its group, in lower case: runnergroup.actions-gateway.github.com.',
  },
  spec,
});
