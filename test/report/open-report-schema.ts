// What the CRDs of openreports.io/v1alpha1 allow in a Report, as far as ours have it: written down anew from
// config/crd/openreports.io_reports.yaml of openreports/reports-api. A field that it does not have would be dropped silently.
import type { SchemaObject } from 'ajv';

function closed(properties: SchemaObject, required: readonly string[] = []): SchemaObject {
  return { type: 'object', additionalProperties: false, properties, required };
}

const text: SchemaObject = { type: 'string' };
const count: SchemaObject = { type: 'integer' };
const outcome: SchemaObject = { enum: ['pass', 'fail', 'warn', 'error', 'skip'] };
const reference = closed({
  apiVersion: text,
  kind: text,
  namespace: text,
  name: text,
  uid: text,
  resourceVersion: text,
  fieldPath: text,
});

export const OPEN_REPORT: SchemaObject = closed(
  {
    apiVersion: { const: 'openreports.io/v1alpha1' },
    kind: { enum: ['Report', 'ClusterReport'] },
    metadata: { type: 'object' },
    source: text,
    scope: reference,
    summary: closed({ pass: count, fail: count, warn: count, error: count, skip: count }),
    results: {
      type: 'array',
      items: closed(
        {
          source: text,
          policy: text,
          rule: text,
          category: text,
          severity: { enum: ['critical', 'high', 'low', 'medium', 'info'] },
          timestamp: closed({ seconds: count, nanos: count }, ['seconds', 'nanos']),
          result: outcome,
          scored: { type: 'boolean' },
          resources: { type: 'array', items: reference },
          message: text,
          properties: { type: 'object', additionalProperties: text },
        },
        ['policy'],
      ),
    },
  },
  ['apiVersion', 'kind', 'metadata'],
);
