// The predecessor of the ReplicaSet; its template may be absent. Not filled in: GitOps tools would see the changes as drift.
// Its pods are filled in.
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
