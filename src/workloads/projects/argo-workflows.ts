// Argo Workflows: each template of a workflow becomes a pod, with what the workflow says of all its pods. Patches of the pod's
// spec are texts that are put together when the pod is made: only the pod shows what comes of them.
// Source: github.com/argoproj/argo-workflows v4.1.0-rc2, manifests/base/crds/full and pkg/apis/workflow/v1alpha1/workflow_types.go.
import { type Part, type PartialForm, partial, sameFields } from '../form.ts';
import type { Workload } from '../workload.ts';
import { projectKind } from './project-kind.ts';

const GROUP = { group: 'argoproj.io', versions: ['v1alpha1'] } as const;

/** What a workflow says of all its pods. */
const WORKFLOW: readonly Part[] = [
  { from: '/podMetadata', to: 'metadata' },
  ...sameFields([
    'affinity',
    'automountServiceAccountToken',
    'dnsConfig',
    'dnsPolicy',
    'hostAliases',
    'hostNetwork',
    'imagePullSecrets',
    'nodeSelector',
    'resourceClaims',
    'schedulerName',
    'securityContext',
    'serviceAccountName',
    'tolerations',
    'volumes',
  ]),
  { from: '/podPriorityClassName', to: 'spec.priorityClassName' },
  { from: '/volumeClaimTemplates', to: 'volumeClaimTemplates' },
  { from: '/executorPlugins/*/spec/sidecar/container', to: 'spec.containers' },
];

/** What one template says of its pod. Its own container is called `main`, unless it is a set of containers. */
const TEMPLATE: readonly Part[] = [
  { from: '/container', to: 'container', name: 'main' },
  { from: '/script', to: 'container', name: 'main' },
  { from: '/metadata', to: 'metadata' },
  { from: '/containerSet/containers', to: 'spec.containers' },
  { from: '/sidecars', to: 'spec.containers' },
  ...sameFields([
    'affinity',
    'automountServiceAccountToken',
    'hostAliases',
    'initContainers',
    'nodeSelector',
    'priorityClassName',
    'resourceClaims',
    'schedulerName',
    'securityContext',
    'serviceAccountName',
    'tolerations',
    'volumes',
  ]),
];

/** The pods that collect garbage of artifacts. */
const ARTIFACT_GC: readonly Part[] = [{ from: '/podMetadata', to: 'metadata' }, ...sameFields(['serviceAccountName'])];

/** The templates of a workflow, also those that are written where they are used. */
const TEMPLATES = [
  '/templates/*',
  '/templateDefaults',
  '/templates/*/steps/*/*/inline',
  '/templates/*/dag/tasks/*/inline',
];

function workflowAt(at: string): { readonly partials: readonly PartialForm[]; readonly patches: readonly string[] } {
  return {
    partials: [
      partial(at, WORKFLOW),
      ...TEMPLATES.map((template) => partial(at + template, TEMPLATE)),
      partial(`${at}/artifactGC`, ARTIFACT_GC),
    ],
    patches: ['', '/artifactGC', ...TEMPLATES].map((place) => `${at}${place}/podSpecPatch`),
  };
}

export const argoWorkflows: readonly Workload[] = [
  projectKind({ ...GROUP, kind: 'Workflow', resource: 'workflows', ...workflowAt('/spec') }),
  projectKind({ ...GROUP, kind: 'WorkflowTemplate', resource: 'workflowtemplates', ...workflowAt('/spec') }),
  projectKind({
    ...GROUP,
    kind: 'ClusterWorkflowTemplate',
    resource: 'clusterworkflowtemplates',
    scope: 'Cluster',
    ...workflowAt('/spec'),
  }),
  projectKind({ ...GROUP, kind: 'CronWorkflow', resource: 'cronworkflows', ...workflowAt('/spec/workflowSpec') }),
];
