// Not filled in: GitOps tools would see the changes as drift. Its pods are filled in.
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
