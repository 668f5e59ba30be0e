// A table of expressions with Kubernetes' answers. Our evaluator is held against it in test/cel/table.test.ts, and the API
// server in test/cluster/cel/expressions.test.ts.
import type { JsonObject } from '../../../src/model/json.ts';

/** Expressions of one library, by what the API server says of them. */
export interface Rows {
  /** Where the answers come from, beside the API server itself. */
  readonly source: string;
  /** Each is true of {@link POD}. */
  readonly holds: readonly string[];
  /** Each is accepted, and cannot be evaluated. */
  readonly fails: readonly string[];
  /** Each is refused when a policy with it is created. */
  readonly refused: readonly string[];
  /** Each is accepted by the API server, which knows no types of objects, and fails there; Sandgate refuses it when it is loaded. */
  readonly refusedHere?: readonly string[];
}

/** The pod that is asked about: as the API server sends it, but for its defaults, which no expression asks for. */
export const POD: JsonObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'table',
    namespace: 'default',
    labels: { app: 'tools', 'example.com/tier': 'one', number: '42' },
    annotations: { note: 'grüße 😀', empty: '' },
  },
  spec: {
    priority: 0,
    hostNetwork: true,
    nodeSelector: { 'kubernetes.io/os': 'linux' },
    securityContext: { runAsUser: 1000, supplementalGroups: [1, 2, 3] },
    tolerations: [
      { key: 'a', operator: 'Exists' },
      { key: 'b', operator: 'Equal', value: 'x', effect: 'NoSchedule' },
    ],
    initContainers: [{ name: 'init', image: 'ghcr.io/acme/init:1' }],
    containers: [
      {
        name: 'app',
        image: 'ghcr.io/acme/app:1.2.3',
        args: ['--x', '--y=1'],
        env: [{ name: 'A', value: '1' }, { name: 'B' }],
        ports: [{ name: 'http', containerPort: 8080 }],
        resources: { limits: { cpu: '500m', memory: '1Gi' } },
        livenessProbe: { httpGet: { port: 8080, path: '/' } },
        securityContext: { capabilities: { drop: ['ALL'] } },
      },
      {
        name: 'side',
        image: 'quay.io/acme/side@sha256:0000000000000000000000000000000000000000000000000000000000000000',
      },
    ],
    volumes: [{ name: 'v', emptyDir: { sizeLimit: '2Gi' } }],
  },
};
