// Examples of what the rule `identity` warns of, for its fill-in.
import type { FillInExample } from '../fill-in.ts';
import type { IdentityParameters } from './parameters.ts';

const ROWS = {
  images: [{ image: 'tool', runAsUser: 5 }],
  fsGroup: 2000,
} satisfies IdentityParameters;

/** Examples of warnings: the policy's default user, and secrets that a group can read. */
export const WARNINGS: readonly FillInExample<IdentityParameters>[] = [
  {
    name: 'the default user, with a warning for each image that has no row',
    parameters: { ...ROWS, runAsUser: 1000, unknownImage: 'Warn' },
    before: {
      spec: {
        securityContext: { fsGroup: 1 },
        initContainers: [{ name: 'i', image: 'redis:8' }],
        containers: [
          { name: 'a', image: 'redis:8' },
          { name: 'b', image: 'nginx' },
          { name: 'own', image: 'mysql', securityContext: { runAsUser: 7 } },
        ],
      },
    },
    after: {
      spec: {
        securityContext: { fsGroup: 1, runAsUser: 1000, runAsNonRoot: true },
        initContainers: [{ name: 'i', image: 'redis:8' }],
        containers: [
          { name: 'a', image: 'redis:8' },
          { name: 'b', image: 'nginx' },
          { name: 'own', image: 'mysql', securityContext: { runAsUser: 7 } },
        ],
      },
    },
    warns: [
      'no row of the identity table matches image "redis:8" of containers "i", "a"; they run as 1000, the policy\'s default',
      'no row of the identity table matches image "nginx" of container "b"; it runs as 1000, the policy\'s default',
    ],
  },
  {
    name: 'no default user for images without a row, where those are refused',
    parameters: { ...ROWS, runAsUser: 1000, unknownImage: 'Deny' },
    before: {
      spec: {
        securityContext: { fsGroup: 1 },
        containers: [
          { name: 'a', image: 'redis:8' },
          { name: 't', image: 'tool' },
        ],
      },
    },
    after: {
      spec: {
        securityContext: { fsGroup: 1 },
        containers: [
          { name: 'a', image: 'redis:8' },
          { name: 't', image: 'tool', securityContext: { runAsUser: 5, runAsNonRoot: true } },
        ],
      },
    },
    skips: ['unknown-image'],
  },
  {
    name: 'secrets that the group of the volumes cannot read until it is filled in',
    parameters: { runAsUser: 1000, fsGroup: 1000 },
    before: {
      spec: {
        containers: [{ name: 'a' }],
        volumes: [
          { name: 'ssh', secret: { secretName: 'git-ssh', defaultMode: 0o400 } },
          { name: 'open', secret: { secretName: 's' } },
          { name: 'keys', secret: { secretName: 'k', defaultMode: 0o600 } },
        ],
      },
    },
    after: {
      spec: {
        containers: [{ name: 'a' }],
        volumes: [
          { name: 'ssh', secret: { secretName: 'git-ssh', defaultMode: 0o400 } },
          { name: 'open', secret: { secretName: 's' } },
          { name: 'keys', secret: { secretName: 'k', defaultMode: 0o600 } },
        ],
        securityContext: { runAsUser: 1000, runAsNonRoot: true, fsGroup: 1000 },
      },
    },
    warns: [
      'with fsGroup 1000 the group can read the secrets of volumes "ssh", "keys" (mode 0400 becomes 0440), ' +
        'and programs such as ssh refuse a private key like that',
    ],
  },
  {
    name: 'volumes that the group of a pod does not reach',
    parameters: { fsGroup: 1000 },
    before: {
      spec: {
        volumes: [
          { name: 'share', nfs: { server: 'nas', path: '/agents' } },
          { name: 'own', emptyDir: {} },
          { name: 'node', nfs: null, hostPath: { path: '/srv' } },
        ],
      },
    },
    after: {
      spec: {
        volumes: [
          { name: 'share', nfs: { server: 'nas', path: '/agents' } },
          { name: 'own', emptyDir: {} },
          { name: 'node', nfs: null, hostPath: { path: '/srv' } },
        ],
        securityContext: { fsGroup: 1000 },
      },
    },
    warns: [
      'fsGroup 1000 has no effect on volumes "share", "node": files of nodes and of NFS servers keep their group (supplementalGroups opens them to their own group)',
    ],
  },
];
