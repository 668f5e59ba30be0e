// DevWorkspaces: the operator makes one pod of all components. Attributes may hold patches of the pod and of a container.
// Source: github.com/devfile/api v2.3.0, crds; the attributes: devfile/devworkspace-operator, docs/additional-configuration.adoc.
import { containerFields, type Part, type PartialForm, partial } from '../form.ts';
import type { Workload } from '../workload.ts';
import { projectKind } from './project-kind.ts';

const GROUP = { group: 'workspace.devfile.io', versions: ['v1alpha1', 'v1alpha2'] } as const;

const COMPONENT: readonly Part[] = [
  ...containerFields('component', ['args', 'command', 'env', 'image'], '/container'),
  { from: '/attributes/container-overrides', to: 'container', name: 'component' },
];
const POD_OVERRIDES: readonly Part[] = [{ from: '/attributes/pod-overrides', to: '' }];

function workspaceAt(at: string): readonly PartialForm[] {
  return [
    partial(at, POD_OVERRIDES),
    partial(`${at}/components/*`, COMPONENT),
    partial(`${at}/components/*`, POD_OVERRIDES),
  ];
}

export const devWorkspace: readonly Workload[] = [
  projectKind({ ...GROUP, kind: 'DevWorkspace', resource: 'devworkspaces', partials: workspaceAt('/spec/template') }),
  projectKind({
    ...GROUP,
    kind: 'DevWorkspaceTemplate',
    resource: 'devworkspacetemplates',
    partials: workspaceAt('/spec'),
  }),
];
