// Not filled in: that would show as drift to whoever applies it, and its pods are.
import type { Workload } from './workload.ts';

export const replicaSet: Workload = {
  group: 'apps',
  kind: 'ReplicaSet',
  versions: ['v1'],
  resource: 'replicasets',
  templates: ['/spec/template'],
  subresources: [],
  enforcement: 'Warn',
  fillIn: false,
};
