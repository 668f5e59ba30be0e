// Not filled in: that would show as drift to whoever applies it, and its pods are.
import type { Workload } from './workload.ts';

export const deployment: Workload = {
  group: 'apps',
  kind: 'Deployment',
  versions: ['v1'],
  resource: 'deployments',
  templates: ['/spec/template'],
  subresources: [],
  enforcement: 'Warn',
  fillIn: false,
};
