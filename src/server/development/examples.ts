// Two reviews for trying the webhook without a cluster, in the form an API server sends them.
import type { JsonObject } from '../../model/json.ts';

/** A pod that says nothing about security, as most do. */
export const BARE_POD: JsonObject = review('00000000-0000-4000-8000-000000000001', 'bare', {
  containers: [{ name: 'app', image: 'registry.example/app:1.0' }],
});

/** A pod that asks for more than its container: all else is as the mutating webhook would have filled it in. */
export const UNSAFE_POD: JsonObject = review('00000000-0000-4000-8000-000000000002', 'unsafe', {
  hostNetwork: true,
  securityContext: {
    runAsNonRoot: true,
    runAsUser: 1000,
    fsGroup: 1000,
    fsGroupChangePolicy: 'OnRootMismatch',
    seccompProfile: { type: 'RuntimeDefault' },
  },
  containers: [
    {
      name: 'app',
      image: 'registry.example/app:1.0',
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] } },
      volumeMounts: [{ name: 'node', mountPath: '/node' }],
    },
  ],
  volumes: [{ name: 'node', hostPath: { path: '/', type: '' } }],
});

function review(uid: string, name: string, spec: JsonObject): JsonObject {
  return {
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: {
      uid,
      kind: { group: '', version: 'v1', kind: 'Pod' },
      resource: { group: '', version: 'v1', resource: 'pods' },
      name,
      namespace: 'agents',
      operation: 'CREATE',
      userInfo: { username: 'developer', groups: ['system:authenticated'] },
      object: { kind: 'Pod', apiVersion: 'v1', metadata: { name, namespace: 'agents' }, spec },
      oldObject: null,
      dryRun: true,
    },
  };
}
