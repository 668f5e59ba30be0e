// A pod that has something in every field where people put what nobody else should read, and breaks every rule.
import type { JsonObject } from '../../src/model/json.ts';

const PROBE = {
  exec: { command: ['sh', '-c', 'password'] },
  httpGet: { path: '/?token=password', port: 'web', httpHeaders: [{ name: 'Authorization', value: 'password' }] },
};

const CONTAINER: JsonObject = {
  name: 'app',
  image: 'registry.example/app:1',
  command: ['run', '--password=password'],
  args: ['password'],
  workingDir: '/password',
  env: [
    { name: 'TOKEN', value: 'password' },
    { name: 'REF', valueFrom: { secretKeyRef: { name: 'ref', key: 'password' } } },
    { name: 'MAP', valueFrom: { configMapKeyRef: { name: 'ref', key: 'password' } } },
    { name: 'FIELD', valueFrom: { fieldRef: { fieldPath: 'password' } } },
  ],
  envFrom: [{ prefix: 'password', secretRef: { name: 'ref' }, configMapRef: { name: 'ref' } }],
  livenessProbe: PROBE,
  readinessProbe: PROBE,
  startupProbe: PROBE,
  lifecycle: { postStart: { exec: PROBE.exec }, preStop: { exec: PROBE.exec } },
  ports: [{ name: 'web', hostPort: 80, containerPort: 80, protocol: 'TCP' }],
  resources: { limits: { memory: 'password' }, requests: { cpu: 'password' } },
  terminationMessagePath: '/password',
  volumeMounts: [{ name: 'data', mountPath: '/password', subPath: 'password', subPathExpr: 'password' }],
  volumeDevices: [{ name: 'data', devicePath: '/password' }],
  securityContext: {
    privileged: true,
    allowPrivilegeEscalation: true,
    capabilities: { add: ['SYS_ADMIN'] },
    runAsUser: 0,
  },
};

export const SECRETIVE_POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'the-name',
    namespace: 'agents',
    uid: 'password',
    resourceVersion: 'password',
    labels: { app: 'password' },
    annotations: { note: 'password', 'kubectl.kubernetes.io/last-applied-configuration': 'password' },
    ownerReferences: [{ apiVersion: 'password', kind: 'password', name: 'owner', uid: 'password' }],
    finalizers: ['password'],
    managedFields: [{ manager: 'password', fieldsV1: { password: {} } }],
  },
  spec: {
    hostNetwork: true,
    hostPID: true,
    serviceAccountName: 'password',
    nodeName: 'password',
    hostname: 'password',
    subdomain: 'password',
    schedulerName: 'password',
    priorityClassName: 'password',
    imagePullSecrets: [{ name: 'pull' }],
    nodeSelector: { password: 'password' },
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchFields: [{ key: 'password', operator: 'In', values: ['password'] }] }],
        },
      },
    },
    tolerations: [{ key: 'password', operator: 'Equal', value: 'password', effect: 'NoSchedule' }],
    hostAliases: [{ ip: 'password', hostnames: ['password'] }],
    dnsConfig: {
      nameservers: ['password'],
      searches: ['password'],
      options: [{ name: 'password', value: 'password' }],
    },
    readinessGates: [{ conditionType: 'password' }],
    securityContext: { seccompProfile: { type: 'Unconfined' }, runAsNonRoot: false },
    initContainers: [{ ...CONTAINER, name: 'init', restartPolicy: 'Always' }],
    containers: [CONTAINER, { ...CONTAINER, name: 'second' }],
    ephemeralContainers: [{ ...CONTAINER, name: 'debug', targetContainerName: 'password' }],
    volumes: [
      { name: 'data', hostPath: { path: '/password', type: 'password' } },
      { name: 'map', configMap: { name: 'ref', items: [{ key: 'password', path: 'password' }] } },
      { name: 'secret', secret: { secretName: 'password' } },
      {
        name: 'csi',
        csi: { driver: 'password', volumeAttributes: { password: 'password' }, nodePublishSecretRef: { name: 'ref' } },
      },
      { name: 'flex', flexVolume: { driver: 'password', options: { password: 'password' } } },
      { name: 'disk', azureFile: { secretName: 'password', shareName: 'password' } },
      {
        name: 'projected',
        projected: { sources: [{ serviceAccountToken: { audience: 'password', path: 'password' } }] },
      },
      { name: 'down', downwardAPI: { items: [{ path: 'password', fieldRef: { fieldPath: 'password' } }] } },
    ],
  },
} satisfies JsonObject;
