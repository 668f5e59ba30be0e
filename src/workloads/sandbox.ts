// The agent-sandbox project's Sandbox: its controller copies the template into a pod, undefaulted, and again on resume.
import type { Workload } from './workload.ts';

export const sandbox: Workload = {
  group: 'agents.x-k8s.io',
  kind: 'Sandbox',
  versions: ['v1alpha1', 'v1beta1'],
  resource: 'sandboxes',
  templates: ['/spec/podTemplate'],
  subresources: [],
  enforcement: 'Enforce',
  fillIn: true,
};
