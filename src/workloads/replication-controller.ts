// The ancestor of the ReplicaSet; its template may be absent. Not filled in: that would show as drift to whoever applies it, and its pods are.
import type { Workload } from './workload.ts';

export const replicationController: Workload = {
  group: '',
  kind: 'ReplicationController',
  versions: ['v1'],
  resource: 'replicationcontrollers',
  templates: ['/spec/template'],
  subresources: [],
  enforcement: 'Warn',
  fillIn: false,
};
