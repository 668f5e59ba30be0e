// A review of a pod with most of the fields that pods have when they reach a webhook, so that the code for each is compiled.
import type { JsonObject } from '../../model/json.ts';
import { BARE_POD } from '../development/examples.ts';

const ACCESS = 'kube-api-access-warm0';
const MOUNT: JsonObject = { name: ACCESS, readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' };
const DEFAULTS: JsonObject = {
  volumeMounts: [MOUNT],
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
  imagePullPolicy: 'IfNotPresent',
};
const RESOURCES: JsonObject = { limits: { cpu: '1', memory: '512Mi' }, requests: { cpu: '1', memory: '512Mi' } };

const SPEC: JsonObject = {
  volumes: [
    {
      name: ACCESS,
      projected: {
        sources: [
          { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
          { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
          { downwardAPI: { items: [{ path: 'namespace', fieldRef: { fieldPath: 'metadata.namespace' } }] } },
        ],
        defaultMode: 420,
      },
    },
    { name: 'work', emptyDir: {} },
  ],
  initContainers: [
    { name: 'fetch', image: 'busybox:1.37', command: ['sh', '-c', 'true'], resources: {}, ...DEFAULTS },
    { name: 'proxy', image: 'registry.example/proxy:1.0', restartPolicy: 'Always', resources: RESOURCES, ...DEFAULTS },
  ],
  containers: [
    {
      name: 'app',
      image: 'registry.example/app:1.0',
      ports: [{ containerPort: 8080, protocol: 'TCP' }],
      env: [{ name: 'LEVEL', value: 'info' }],
      resources: RESOURCES,
      securityContext: { allowPrivilegeEscalation: false },
      ...DEFAULTS,
    },
  ],
  restartPolicy: 'Always',
  terminationGracePeriodSeconds: 30,
  dnsPolicy: 'ClusterFirst',
  serviceAccountName: 'default',
  serviceAccount: 'default',
  securityContext: {},
  schedulerName: 'default-scheduler',
  tolerations: [
    { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
    { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
  ],
  priority: 0,
  enableServiceLinks: true,
  preemptionPolicy: 'PreemptLowerPriority',
};

const METADATA: JsonObject = {
  name: 'warm-up',
  namespace: 'agents',
  labels: { app: 'warm-up' },
  annotations: { 'example.com/note': 'made up' },
  managedFields: [
    {
      manager: 'kubectl',
      operation: 'Apply',
      apiVersion: 'v1',
      fieldsType: 'FieldsV1',
      fieldsV1: { 'f:metadata': { 'f:labels': { 'f:app': {} } }, 'f:spec': { 'f:containers': { '.': {} } } },
    },
  ],
};

/** The review, as an API server sends it. */
export const WARM_UP_REVIEW: JsonObject = {
  ...BARE_POD,
  request: {
    ...(typeof BARE_POD.request === 'object' ? BARE_POD.request : {}),
    object: { kind: 'Pod', apiVersion: 'v1', metadata: METADATA, spec: SPEC, status: {} },
  },
};
