// Not filled in: that would show as drift to whoever applies it, and its pods are.
import type { Workload } from './workload.ts';

export const statefulSet: Workload = {
  group: 'apps',
  kind: 'StatefulSet',
  versions: ['v1'],
  resource: 'statefulsets',
  templates: ['/spec/template'],
  subresources: [],
  enforcement: 'Warn',
  fillIn: false,
};
