// Not filled in: that would show as drift to whoever applies it, and its pods are.
import type { Workload } from './workload.ts';

export const daemonSet: Workload = {
  group: 'apps',
  kind: 'DaemonSet',
  versions: ['v1'],
  resource: 'daemonsets',
  templates: ['/spec/template'],
  subresources: [],
  enforcement: 'Warn',
  fillIn: false,
};
