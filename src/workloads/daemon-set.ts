// Not filled in: GitOps tools would see the changes as drift. Its pods are filled in.
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
