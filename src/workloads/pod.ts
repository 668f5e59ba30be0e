// The pod itself. Ephemeral containers and resizes arrive through subresources.
import type { Workload } from './workload.ts';

export const pod: Workload = {
  group: '',
  kind: 'Pod',
  versions: ['v1'],
  resource: 'pods',
  templates: [''],
  subresources: ['ephemeralcontainers', 'resize'],
  enforcement: 'Enforce',
  fillIn: true,
};
