// Not filled in: GitOps tools would see the changes as drift. Its pods are filled in.
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
