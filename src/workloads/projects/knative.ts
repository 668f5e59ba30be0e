// Knative Serving: a Service makes revisions, and each revision a Deployment.
// Source: github.com/knative/serving v1.23.0, config/core/300-resources.
import { podSpec } from '../form.ts';
import type { Workload } from '../workload.ts';
import { projectKind } from './project-kind.ts';

const GROUP = { group: 'serving.knative.dev', versions: ['v1'] } as const;

export const knative: readonly Workload[] = [
  projectKind({ ...GROUP, kind: 'Service', resource: 'services', templates: ['/spec/template'], inline: true }),
  projectKind({
    ...GROUP,
    kind: 'Configuration',
    resource: 'configurations',
    templates: ['/spec/template'],
    inline: true,
  }),
  projectKind({ ...GROUP, kind: 'Revision', resource: 'revisions', partials: [podSpec('/spec')] }),
];
