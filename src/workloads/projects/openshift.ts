// OpenShift's predecessor of the Deployment.
// Source: github.com/openshift/api of August 2026 (2a3d7391), openapi/openapi.json.
import type { Workload } from '../workload.ts';
import { projectKind } from './project-kind.ts';

export const openshift: readonly Workload[] = [
  projectKind({
    group: 'apps.openshift.io',
    kind: 'DeploymentConfig',
    versions: ['v1'],
    resource: 'deploymentconfigs',
    templates: ['/spec/template'],
  }),
];
