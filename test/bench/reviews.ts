// The reviews of the bench.
import type { JsonObject } from '../../src/model/json.ts';
import { isJsonObject } from '../../src/model/json.ts';
import { objectOf, recordedReview, withRequest } from '../support/reviews.ts';

/** A review about a pod with this spec, in everything else as an API server recorded one. */
function reviewOf(spec: JsonObject, metadata: JsonObject = {}): JsonObject {
  const recorded = recordedReview('pod-create-mutate');
  const object = objectOf(recorded);
  if (!isJsonObject(object) || !isJsonObject(object.metadata)) throw new Error('the recorded review holds no pod');
  return withRequest(recorded, { object: { ...object, metadata: { ...object.metadata, ...metadata }, spec } });
}

function container(name: string, image: string): JsonObject {
  return {
    name,
    image,
    command: ['sh', '-c', `exec /usr/local/bin/${name} --listen=0.0.0.0:8080 --log-level=info`],
    ports: [{ containerPort: 8080, protocol: 'TCP' }],
    env: Array.from({ length: 6 }, (_, i) => ({ name: `SETTING_${i}`, value: `value-of-setting-${i}` })),
    resources: { limits: { cpu: '1', memory: '512Mi' }, requests: { cpu: '500m', memory: '256Mi' } },
    volumeMounts: [
      { name: 'data', mountPath: '/data' },
      { name: 'kube-api-access-gxpps', readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' },
    ],
    livenessProbe: { httpGet: { path: '/livez', port: 8080, scheme: 'HTTP' }, periodSeconds: 10, failureThreshold: 3 },
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: 'IfNotPresent',
  };
}

/** Seven kilobytes: two containers, two init containers, three volumes, and the API server's own notes. */
export function referenceReview(): JsonObject {
  const managed = objectOf(recordedReview('pod-docker-rootless-sidecar-mutate'));
  const metadata = isJsonObject(managed) && isJsonObject(managed.metadata) ? managed.metadata : {};
  return reviewOf(
    {
      containers: [container('agent', 'ghcr.io/kagent-dev/kagent/golang-adk:0.9.12'), container('proxy', 'envoy:1.37')],
      initContainers: [
        container('skills', 'ghcr.io/kagent-dev/kagent/skills-init:0.9.12'),
        container('warm', 'busybox'),
      ],
      volumes: [
        { name: 'data', emptyDir: {} },
        { name: 'settings', configMap: { name: 'settings', defaultMode: 420 } },
        {
          name: 'kube-api-access-gxpps',
          projected: { sources: [{ serviceAccountToken: { path: 'token' } }], defaultMode: 420 },
        },
      ],
      restartPolicy: 'Always',
      serviceAccountName: 'default',
      securityContext: {},
    },
    { managedFields: metadata.managedFields },
  );
}

/** A pod that violates ten checks of the Restricted level. */
export function tenFindings(): JsonObject {
  return reviewOf({
    hostNetwork: true,
    volumes: [{ name: 'root', hostPath: { path: '/', type: '' } }],
    securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '1' }], seLinuxOptions: { type: 'spc_t' } },
    containers: [
      {
        name: 'app',
        image: 'nginx',
        ports: [{ containerPort: 80, hostPort: 80, protocol: 'TCP' }],
        securityContext: {
          privileged: true,
          runAsUser: 0,
          procMount: 'Unmasked',
          capabilities: { add: ['NET_ADMIN'] },
        },
      },
    ],
  });
}

/** 1.7 MB: a sandbox of six hundred containers and 220 KB of annotations, and the old one, with another image. */
export function hugeReview(): JsonObject {
  const annotations = Object.fromEntries(
    Array.from({ length: 220 }, (_, i) => [`example.com/note-${i}`, 'x'.repeat(1000)]),
  );
  const sandbox = (tag: string): JsonObject => ({
    apiVersion: 'agents.x-k8s.io/v1beta1',
    kind: 'Sandbox',
    metadata: { name: 'huge', namespace: 'agents', annotations },
    spec: {
      podTemplate: {
        spec: { containers: Array.from({ length: 600 }, (_, i) => container(`c${i}`, `ghcr.io/acme/agent:${tag}`)) },
      },
    },
  });
  return withRequest(recordedReview('sandbox-v1beta1-create-mutate'), {
    operation: 'UPDATE',
    object: sandbox('1.4.2'),
    oldObject: sandbox('1.4.1'),
  });
}
