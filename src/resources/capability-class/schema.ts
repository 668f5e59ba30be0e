// A CapabilityClass document as JSON Schema (draft 2020-12): what is accepted, what editors complete, and what the docs
// say of each key. scripts/schema.ts writes it to policies/schema.
import type { SchemaObject } from 'ajv';
import { className, implementationName } from '../../grants/names.ts';
import { FRAGMENTS, fragment } from '../../kubernetes/schema/fragments.ts';
import { extendedResource, labelKey, labelValue } from '../../kubernetes/schema/names.ts';
import { documentSchema } from '../schema-document.ts';

/** The fields of a pod's spec that a class may set. */
const POD_FIELDS: Readonly<Record<string, SchemaObject>> = {
  initContainers: {
    ...fragment('[Container]'),
    description: "Go before the workload's own; with restartPolicy Always they are sidecars.",
  },
  containers: { ...fragment('[Container]'), description: "Go after the workload's own." },
  volumes: { ...fragment('[Volume]'), description: "Volumes that only the class's own containers and mounts can use." },
  hostUsers: { type: 'boolean', description: 'False: the pod gets a user namespace of its own.' },
  runtimeClassName: { ...FRAGMENTS.Subdomain, description: 'The RuntimeClass the pod runs with.' },
  securityContext: { ...fragment('PodSecurityContext'), description: "Fields of the pod's security context." },
  nodeSelector: {
    type: 'object',
    description: 'Labels a node must have.',
    propertyNames: labelKey,
    additionalProperties: { ...labelValue, description: 'The value the label must have.' },
  },
  tolerations: { ...fragment('[Toleration]'), description: 'Taints the pod tolerates.' },
  hostAliases: { ...fragment('[HostAlias]'), description: "Lines of the pod's hosts file." },
};

const template: SchemaObject = {
  type: 'object',
  description: 'A fragment of a pod template: what the class adds to a pod, and the only form it is granted in.',
  additionalProperties: false,
  properties: {
    metadata: {
      type: 'object',
      description: 'Metadata the pod gets.',
      additionalProperties: false,
      properties: {
        annotations: {
          type: 'object',
          description: 'Annotations to add.',
          propertyNames: labelKey,
          additionalProperties: { type: 'string', description: 'Any text.' },
        },
        labels: {
          type: 'object',
          description: 'Labels to add.',
          propertyNames: labelKey,
          additionalProperties: { ...labelValue, description: 'A label value.' },
        },
      },
    },
    spec: {
      type: 'object',
      description: 'The fields of the pod that the class sets.',
      additionalProperties: false,
      properties: POD_FIELDS,
    },
  },
};

const grant: SchemaObject = {
  type: 'object',
  description: "What the workload's own containers are given.",
  additionalProperties: false,
  properties: {
    containers: {
      type: 'string',
      enum: ['first', 'all', 'annotation'],
      default: 'first',
      description: 'Which are given it; annotation: those that sandgate.dev/CLASS-containers names.',
    },
    env: { ...fragment('[EnvVar]'), description: 'Environment variables to add, by name.' },
    volumeMounts: { ...fragment('[VolumeMount]'), description: "Mounts of the template's volumes, by path." },
    volumeDevices: { ...fragment('[VolumeDevice]'), description: "Block devices of the template's volumes." },
    securityContext: {
      ...fragment('SecurityContext'),
      description: 'Fields of the security context, and capabilities to add.',
    },
    resources: {
      type: 'object',
      description: 'Extended resources, such as a device of a device plugin.',
      additionalProperties: false,
      properties: {
        limits: {
          type: 'object',
          description: 'How many of each; the API server asks for as many.',
          propertyNames: extendedResource,
          additionalProperties: { ...fragment('Quantity'), description: 'A whole number.' },
        },
      },
    },
  },
};

const shareMounts: SchemaObject = {
  type: 'object',
  description: "Containers of the class that also mount the workload's own volumes, at the same paths.",
  additionalProperties: false,
  required: ['containers'],
  properties: {
    from: {
      type: 'string',
      enum: ['granted'],
      default: 'granted',
      description: 'Whose mounts are shared: those of the containers that are given the class.',
    },
    volumes: {
      type: 'string',
      enum: ['all', 'claims'],
      default: 'all',
      description: 'Which volumes: all but those of the node (hostPath), or persistent and ephemeral claims alone.',
    },
    containers: {
      type: 'array',
      description: "The class's containers that mount them.",
      minItems: 1,
      items: { type: 'string', description: 'The name of a container of the template.' },
    },
    except: {
      type: 'array',
      description: "Paths that are not shared, such as the class's home folder, nor what is below or above them.",
      items: { type: 'string', pattern: '^/', description: 'An absolute path.' },
    },
  },
};

const implementation: SchemaObject = {
  type: 'object',
  description: 'One way to have what the class is about.',
  additionalProperties: false,
  required: ['name'],
  properties: {
    name: { ...implementationName, description: 'The name, unique in the class.' },
    when: {
      type: 'string',
      minLength: 1,
      description: 'CEL over pod and namespaceObject: which pods it is for; every one where absent.',
    },
    reject: {
      type: 'string',
      minLength: 1,
      maxLength: 1024,
      description: 'Instead of a template: why such a pod cannot have it, and what to use instead.',
    },
    template,
    grant,
    shareMounts,
    free: {
      type: 'array',
      description: "Fields of the class's containers that need not be as the class has them.",
      items: { type: 'string', description: 'Such as spec.initContainers[name=istio-init].args.' },
    },
  },
};

export const CAPABILITY_CLASS_SCHEMA: SchemaObject = {
  ...documentSchema({
    kind: 'CapabilityClass',
    description: 'One thing a workload may be granted, and the exact form it is granted in.',
    noun: 'class',
    plural: 'classes',
    name: { ...className, description: 'The name workloads ask for, unique among all classes.' },
    spec: {
      type: 'object',
      description: 'Who may have it, and how.',
      additionalProperties: false,
      required: ['implementations'],
      properties: {
        authorization: {
          type: 'string',
          enum: ['RBAC', 'Policy'],
          default: 'RBAC',
          description: 'RBAC: its user or service account must be allowed to use the class. Policy: its list suffices.',
        },
        implementations: {
          type: 'array',
          description: 'The ways to have it; the first whose condition holds is taken, unless one is named.',
          minItems: 1,
          items: implementation,
        },
      },
    },
  }),
  $defs: FRAGMENTS,
};
