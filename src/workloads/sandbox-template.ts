// The agent-sandbox project's SandboxTemplate. Filled in exactly as a Sandbox is: the warm pool compares the two, and recreates
// pods that differ.
import type { Workload } from './workload.ts';

export const sandboxTemplate: Workload = {
  group: 'extensions.agents.x-k8s.io',
  kind: 'SandboxTemplate',
  versions: ['v1alpha1', 'v1beta1'],
  resource: 'sandboxtemplates',
  templates: ['/spec/podTemplate'],
  subresources: [],
  enforcement: 'Enforce',
  fillIn: true,
};
