// A stored template that nothing in Kubernetes itself runs. Not filled in: that would show as drift to whoever applies it, and its pods are.
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
