// GitHub's actions-runner-controller, both generations. Its controllers hash the stored specs and replace runners whose
// template changed, so nothing is filled in here (controllers/actions.github.com/ephemeralrunnerset_controller.go).
// Source: github.com/actions/actions-runner-controller gha-runner-scale-set-0.14.2, config/crd/bases.
import { containerFields, type Part, partial, sameFields } from '../form.ts';
import type { Workload } from '../workload.ts';
import { projectKind } from './project-kind.ts';

const SCALE_SETS = { group: 'actions.github.com', versions: ['v1alpha1'] } as const;
const RUNNERS = { group: 'actions.summerwind.dev', versions: ['v1alpha1'] } as const;

/** Fields of the pod and of its container `runner`, in one object. The controller adds a container for Docker, and its own settings. */
const RUNNER: readonly Part[] = [
  ...containerFields('runner', ['env', 'envFrom', 'image', 'imagePullPolicy', 'resources', 'volumeMounts']),
  ...sameFields([
    'affinity',
    'automountServiceAccountToken',
    'containers',
    'dnsConfig',
    'dnsPolicy',
    'enableServiceLinks',
    'ephemeralContainers',
    'hostAliases',
    'imagePullSecrets',
    'initContainers',
    'nodeSelector',
    'priorityClassName',
    'runtimeClassName',
    'securityContext',
    'serviceAccountName',
    'terminationGracePeriodSeconds',
    'tolerations',
    'topologySpreadConstraints',
    'volumes',
  ]),
  { from: '/sidecarContainers', to: 'spec.containers' },
];

const RUNNER_TEMPLATE: readonly Part[] = [
  { from: '/metadata', to: 'metadata' },
  ...RUNNER.map((part) => ({ ...part, from: `/spec${part.from}` })),
];

export const actionsRunnerController: readonly Workload[] = [
  projectKind({
    ...SCALE_SETS,
    kind: 'AutoscalingRunnerSet',
    resource: 'autoscalingrunnersets',
    templates: ['/spec/template'],
    // The controller puts the listener's image and settings in.
    partials: [partial('/spec/listenerTemplate')],
  }),
  projectKind({
    ...SCALE_SETS,
    kind: 'AutoscalingListener',
    resource: 'autoscalinglisteners',
    partials: [partial('/spec/template')],
  }),
  projectKind({
    ...SCALE_SETS,
    kind: 'EphemeralRunnerSet',
    resource: 'ephemeralrunnersets',
    templates: ['/spec/ephemeralRunnerSpec'],
    inline: true,
  }),
  projectKind({
    ...SCALE_SETS,
    kind: 'EphemeralRunner',
    resource: 'ephemeralrunners',
    templates: ['/spec'],
    inline: true,
  }),
  projectKind({ ...RUNNERS, kind: 'Runner', resource: 'runners', partials: [partial('/spec', RUNNER)] }),
  projectKind({
    ...RUNNERS,
    kind: 'RunnerDeployment',
    resource: 'runnerdeployments',
    partials: [partial('/spec/template', RUNNER_TEMPLATE)],
  }),
  projectKind({
    ...RUNNERS,
    kind: 'RunnerReplicaSet',
    resource: 'runnerreplicasets',
    partials: [partial('/spec/template', RUNNER_TEMPLATE)],
  }),
  // The controller puts the image and its settings into the container.
  projectKind({ ...RUNNERS, kind: 'RunnerSet', resource: 'runnersets', partials: [partial('/spec/template')] }),
];
