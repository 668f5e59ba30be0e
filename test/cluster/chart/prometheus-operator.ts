// A small definition of the Prometheus operator's ServiceMonitor, so that an API server takes what the chart makes of it, and
// fields that it does not have are found. Nothing acts on it: the fields are those of its reference that the chart writes.
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { installDefinition } from '../control-plane/custom-resources.ts';

const text = { type: 'string' };
const duration = { type: 'string', pattern: '^(0|(([0-9]+)h)?(([0-9]+)m)?(([0-9]+)s)?(([0-9]+)ms)?)$' };
const labels = { type: 'object', additionalProperties: text };

const SPEC = {
  type: 'object',
  required: ['endpoints', 'selector'],
  properties: {
    namespaceSelector: { type: 'object', properties: { matchNames: { type: 'array', items: text } } },
    selector: { type: 'object', properties: { matchLabels: labels } },
    endpoints: {
      type: 'array',
      items: {
        type: 'object',
        properties: { port: text, path: text, interval: duration, scrapeTimeout: duration },
      },
    },
  },
};

/** Installs ServiceMonitor, and resolves when it is served. */
export async function installServiceMonitors(plane: ControlPlane): Promise<void> {
  const kind = 'ServiceMonitor';
  const plural = 'servicemonitors';
  await installDefinition(plane, {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.monitoring.coreos.com` },
    spec: {
      group: 'monitoring.coreos.com',
      scope: 'Namespaced',
      names: { kind, plural, singular: 'servicemonitor', listKind: `${kind}List` },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', required: ['spec'], properties: { spec: SPEC } } },
        },
      ],
    },
  });
}
