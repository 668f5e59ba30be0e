// The agent-sandbox project's claims: what a claim adds to a Sandbox that a template has made. The kinds that hold pod templates
// have files of their own, since they are filled in.
// Source: github.com/kubernetes-sigs/agent-sandbox v0.5.6, k8s/crds.
import { partial } from '../form.ts';
import type { Workload } from '../workload.ts';
import { projectKind } from './project-kind.ts';

export const agentSandbox: readonly Workload[] = [
  projectKind({
    group: 'extensions.agents.x-k8s.io',
    kind: 'SandboxClaim',
    versions: ['v1alpha1', 'v1beta1'],
    resource: 'sandboxclaims',
    partials: [
      partial('/spec', [
        { from: '/additionalPodMetadata/labels', to: 'metadata.labels' },
        { from: '/additionalPodMetadata/annotations', to: 'metadata.annotations' },
        { from: '/env', to: 'container.env', name: 'sandbox' },
        { from: '/volumeClaimTemplates', to: 'volumeClaimTemplates' },
      ]),
    ],
  }),
];
