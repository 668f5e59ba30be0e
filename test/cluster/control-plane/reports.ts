// Small definitions of the kinds of reports: what is in them is checked by the tests, against the published schema.
import { REPORT_APIS } from '../../../src/report/open-reports/stored.ts';
import type { ControlPlane } from './control-plane.ts';
import { installDefinition } from './custom-resources.ts';

/** Installs the kinds of one group, such as `openreports.io`, and resolves when their objects can be created. */
export async function installReports(plane: ControlPlane, group: string): Promise<void> {
  for (const definition of definitionsOf(group)) await installDefinition(plane, definition);
}

function definitionsOf(wanted: string): readonly object[] {
  return REPORT_APIS.filter(({ group }) => group === wanted).flatMap((api) => [
    definitionOf(api.group, api.version, api.kind, 'Namespaced'),
    definitionOf(api.group, api.version, api.clusterKind, 'Cluster'),
  ]);
}

function definitionOf(group: string, version: string, kind: string, scope: 'Namespaced' | 'Cluster'): object {
  const plural = `${kind.toLowerCase()}s`;
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope,
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: [{ name: version, served: true, storage: true, schema }],
    },
  };
}
