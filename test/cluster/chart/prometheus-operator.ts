// Small definitions of the Prometheus operator's kinds, so that an API server takes what the chart makes of them, and fields that they
// do not have are found. Nothing acts on them: the fields are those of the operator's reference that the chart writes.
import type { JsonObject } from '../../../src/model/json.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { installDefinition } from '../control-plane/custom-resources.ts';

const text = { type: 'string' };
const duration = { type: 'string', pattern: '^(0|(([0-9]+)h)?(([0-9]+)m)?(([0-9]+)s)?(([0-9]+)ms)?)$' };
const texts = { type: 'object', additionalProperties: text };

/** Both kinds of monitors call the same list by names of their own. */
function monitor(endpoints: string): JsonObject {
  return {
    type: 'object',
    required: [endpoints, 'selector'],
    properties: {
      namespaceSelector: { type: 'object', properties: { matchNames: { type: 'array', items: text } } },
      selector: { type: 'object', properties: { matchLabels: texts } },
      [endpoints]: {
        type: 'array',
        items: {
          type: 'object',
          properties: { port: text, path: text, interval: duration, scrapeTimeout: duration },
        },
      },
    },
  };
}

const RULE = {
  type: 'object',
  required: ['expr'],
  properties: { alert: text, expr: text, for: duration, labels: texts, annotations: texts },
};
const RULES = {
  type: 'object',
  properties: {
    groups: {
      type: 'array',
      items: {
        type: 'object',
        required: ['name'],
        properties: { name: text, rules: { type: 'array', items: RULE } },
      },
    },
  },
};

const SPECS: Readonly<Record<string, JsonObject>> = {
  ServiceMonitor: monitor('endpoints'),
  PodMonitor: monitor('podMetricsEndpoints'),
  PrometheusRule: RULES,
};

/** Installs them, and resolves when they are served. */
export async function installPrometheusKinds(plane: ControlPlane): Promise<void> {
  await Promise.all(Object.entries(SPECS).map(([kind, spec]) => install(plane, kind, spec)));
}

async function install(plane: ControlPlane, kind: string, spec: JsonObject): Promise<void> {
  const singular = kind.toLowerCase();
  const plural = `${singular}s`;
  await installDefinition(plane, {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.monitoring.coreos.com` },
    spec: {
      group: 'monitoring.coreos.com',
      scope: 'Namespaced',
      names: { kind, plural, singular, listKind: `${kind}List` },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', required: ['spec'], properties: { spec } } },
        },
      ],
    },
  });
}
