// kagent: its controller makes a Deployment, or a Sandbox, of an agent. Its own container is called `kagent`; where an agent has
// skills or runs code, kagent makes it privileged by itself, which only its pods show.
// Source: github.com/kagent-dev/kagent v0.10.0-rc1, go/api/config/crd/bases, and manifest_builder.go of v0.9.12.
import { containerFields, type Part, partial, sameFields } from '../form.ts';
import type { Workload } from '../workload.ts';
import { projectKind } from './project-kind.ts';

const METADATA: readonly Part[] = [
  { from: '/labels', to: 'metadata.labels' },
  { from: '/annotations', to: 'metadata.annotations' },
];

/** What a declarative agent and one of somebody's own have in common. */
const DEPLOYMENT: readonly Part[] = [
  ...METADATA,
  ...containerFields('kagent', ['env', 'envFrom', 'imagePullPolicy', 'resources', 'securityContext', 'volumeMounts']),
  { from: '/podSecurityContext', to: 'spec.securityContext' },
  { from: '/extraContainers', to: 'spec.containers' },
  ...sameFields([
    'affinity',
    'imagePullSecrets',
    'nodeSelector',
    'serviceAccountName',
    'tolerations',
    'topologySpreadConstraints',
    'volumes',
  ]),
];

const OWN_IMAGE = containerFields('kagent', ['args', 'image', 'workingDir']);
const SKILLS: readonly Part[] = [{ from: '/skills/initContainer', to: 'spec.initContainers', name: 'skills-init' }];

const AGENT = [
  partial('/spec/declarative/deployment', DEPLOYMENT),
  partial('/spec/byo/deployment', [...DEPLOYMENT, ...OWN_IMAGE]),
  partial('/spec', SKILLS),
];

export const kagent: readonly Workload[] = [
  projectKind({
    group: 'kagent.dev',
    kind: 'Agent',
    versions: ['v1alpha1', 'v1alpha2'],
    resource: 'agents',
    partials: [
      ...AGENT,
      // v1alpha1
      partial('/spec/deployment', [
        ...METADATA,
        ...containerFields('kagent', ['env']),
        ...sameFields(['imagePullSecrets', 'volumes']),
      ]),
    ],
  }),
  projectKind({
    group: 'kagent.dev',
    kind: 'SandboxAgent',
    versions: ['v1alpha2', 'v1alpha3'],
    resource: 'sandboxagents',
    partials: [
      ...AGENT,
      // v1alpha3
      partial('/spec/byo', containerFields('kagent', ['args', 'env', 'image'])),
      partial('/spec/declarative', containerFields('kagent', ['env'])),
    ],
  }),
];
