// A stored template that no controller of Kubernetes itself uses. Not filled in: GitOps tools would see the changes as drift.
// Its pods are filled in.
import type { Workload } from './workload.ts';

export const podTemplate: Workload = {
  group: '',
  kind: 'PodTemplate',
  versions: ['v1'],
  resource: 'podtemplates',
  templates: ['/template'],
  subresources: [],
  enforcement: 'Warn',
  fillIn: false,
};
