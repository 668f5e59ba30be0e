// The parameters of the rule `volumes`: what pods mount, and how.
import { VOLUME_SOURCES } from '../../kubernetes/volume-sources.ts';
import { schemaFor, type ValueOf } from '../../model/schema.ts';

/** Each row is tried on each volume. */
const MOST_ROWS = 200;

/** As Kubernetes has them; empty where a hostPath says none. */
export const HOST_PATH_TYPES = [
  '',
  'DirectoryOrCreate',
  'Directory',
  'FileOrCreate',
  'File',
  'Socket',
  'CharDevice',
  'BlockDevice',
] as const;

const path = {
  type: 'string',
  maxLength: 1024,
  pattern: '^/',
  errorMessage: 'expected an absolute path',
} as const;

const quantity = {
  type: 'string',
  maxLength: 32,
  pattern: '^[0-9]+(\\.[0-9]+)?(k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$',
  errorMessage: 'expected a quantity such as "500Mi" or "1Gi"',
} as const;

const readOnly = {
  type: 'boolean',
  description: 'Whether every mount must be read-only.',
} as const;

const below = { type: 'boolean', description: 'Whether what is below the path may be used as well.' } as const;

function names(description: string, item: string) {
  return {
    type: 'array',
    description,
    maxItems: 1000,
    uniqueItems: true,
    items: { type: 'string', minLength: 1, maxLength: 253, description: item },
  } as const;
}

export const parameters = schemaFor({
  type: 'object',
  description: 'The volumes that pods have, and how they are mounted.',
  additionalProperties: false,
  properties: {
    allowedTypes: {
      type: 'array',
      description: 'The types of volumes that may be used.',
      uniqueItems: true,
      items: { type: 'string', enum: VOLUME_SOURCES, description: 'A type, as Kubernetes names it.' },
    },
    hostPaths: {
      type: 'array',
      description: 'The files and folders of nodes that may be mounted; an empty list allows none.',
      maxItems: MOST_ROWS,
      items: {
        type: 'object',
        description: 'One file or folder; of several rows that match, a mount must meet one.',
        additionalProperties: false,
        required: ['path'],
        properties: {
          path: { ...path, description: 'The path on the node.' },
          below,
          readOnly,
          recursiveReadOnly: {
            type: 'boolean',
            description: 'Whether that must also hold for what is mounted below it on the node.',
          },
          types: {
            type: 'array',
            description: 'The types that the volume may state.',
            uniqueItems: true,
            items: {
              type: 'string',
              enum: HOST_PATH_TYPES,
              description: 'A type of hostPath; an empty text stands for none, which the node does not check.',
            },
          },
          mountPaths: {
            type: 'array',
            description: 'Where in a container it may be mounted.',
            maxItems: 100,
            items: { ...path, description: 'A path, or a pattern with *, ** and ?.' },
          },
        },
      },
    },
    nfs: {
      type: 'array',
      description: 'The NFS exports that may be mounted; an empty list allows none.',
      maxItems: MOST_ROWS,
      items: {
        type: 'object',
        description: 'One export, or a folder of one.',
        additionalProperties: false,
        required: ['server', 'path'],
        properties: {
          server: {
            type: 'string',
            minLength: 1,
            maxLength: 253,
            description: 'The host name or address of the server.',
          },
          path: { ...path, description: 'The path on the server.' },
          below,
          readOnly,
        },
      },
    },
    claims: {
      type: 'array',
      description: 'The PersistentVolumeClaims that may be used or made; an empty list allows none.',
      maxItems: MOST_ROWS,
      items: {
        type: 'object',
        description: 'Claims, by name.',
        additionalProperties: false,
        required: ['name'],
        properties: {
          name: { type: 'string', minLength: 1, maxLength: 253, description: 'A name, or a pattern with * and ?.' },
          readOnly,
        },
      },
    },
    csiDrivers: {
      type: 'array',
      description: 'The CSI drivers that may be used for inline volumes; an empty list allows none.',
      maxItems: MOST_ROWS,
      items: {
        type: 'object',
        description: 'One driver.',
        additionalProperties: false,
        required: ['driver'],
        properties: {
          driver: { type: 'string', minLength: 1, maxLength: 63, description: 'The name of the driver.' },
          readOnly,
        },
      },
    },
    secrets: names(
      'The Secrets that volumes may hold or refer to; an empty list allows none.',
      'A name, or a pattern with * and ?.',
    ),
    configMaps: names(
      'The ConfigMaps that volumes may hold; an empty list allows none.',
      'A name, or a pattern with * and ?.',
    ),
    blockedPaths: {
      type: 'object',
      description: 'Files and folders that must not be mounted from storage that outlives the pod, wherever they are.',
      additionalProperties: false,
      properties: {
        lists: {
          type: 'array',
          description: 'Lists of patterns that come with Sandgate.',
          uniqueItems: true,
          items: { type: 'string', enum: ['nanoclaw'], description: 'The patterns that nanoclaw blocks by default.' },
        },
        patterns: {
          type: 'array',
          description: 'Patterns of your own.',
          maxItems: 1000,
          uniqueItems: true,
          items: {
            type: 'string',
            minLength: 1,
            maxLength: 255,
            description: 'The name of a file or folder, with * and ? for Component; plain text for Contains.',
          },
        },
        match: {
          type: 'string',
          enum: ['Component', 'Contains'],
          description:
            'Whether one part of a path must match a pattern (Component), or the path must hold the text (Contains).',
          default: 'Component',
        },
      },
    },
    readOnlyMountPaths: {
      type: 'array',
      description: 'Files and folders in containers that no mount may make writable.',
      maxItems: MOST_ROWS,
      uniqueItems: true,
      items: { ...path, description: 'A path in the container.' },
    },
    emptyDir: {
      type: 'object',
      description: 'Limits of emptyDir volumes.',
      additionalProperties: false,
      properties: {
        maxSize: { ...quantity, description: 'The largest sizeLimit; a volume without one is refused.' },
        defaultSize: { ...quantity, description: 'The sizeLimit to fill in where there is none.' },
        allowedMedia: {
          type: 'array',
          description: 'The media that may be used.',
          maxItems: 20,
          uniqueItems: true,
          items: {
            type: 'string',
            maxLength: 63,
            description: "Memory, HugePages, HugePages-SIZE, or an empty text for the node's disk.",
          },
        },
      },
    },
  },
});

export type VolumeParameters = ValueOf<typeof parameters>;
