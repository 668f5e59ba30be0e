// What conditions can ask about: two variables, and the types of everything below them. Nothing else of a pod can be
// asked for. With every type known, a misspelt field is found when the class is loaded, and no value that a tenant wrote
// reaches a part of the evaluator that would look into it to find out what it is.

/** By the name of a type: its fields and their types, in CEL's words. Kubernetes' numbers are doubles there. */
export const CONDITION_TYPES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Toleration: { key: 'string', operator: 'string', value: 'string', effect: 'string', tolerationSeconds: 'double' },
  Profile: { type: 'string', localhostProfile: 'string' },
  Capabilities: { add: 'list<string>', drop: 'list<string>' },
  SecurityContext: {
    privileged: 'bool',
    allowPrivilegeEscalation: 'bool',
    runAsUser: 'double',
    runAsGroup: 'double',
    runAsNonRoot: 'bool',
    readOnlyRootFilesystem: 'bool',
    procMount: 'string',
    capabilities: 'Capabilities',
    seccompProfile: 'Profile',
    appArmorProfile: 'Profile',
  },
  EnvVar: { name: 'string', value: 'string' },
  VolumeMount: { name: 'string', mountPath: 'string', subPath: 'string', readOnly: 'bool' },
  Container: {
    name: 'string',
    image: 'string',
    command: 'list<string>',
    args: 'list<string>',
    env: 'list<EnvVar>',
    volumeMounts: 'list<VolumeMount>',
    restartPolicy: 'string',
    securityContext: 'SecurityContext',
  },
  HostPath: { path: 'string', type: 'string' },
  ClaimSource: { claimName: 'string', readOnly: 'bool' },
  Volume: { name: 'string', hostPath: 'HostPath', persistentVolumeClaim: 'ClaimSource' },
  PodSecurityContext: {
    runAsUser: 'double',
    runAsGroup: 'double',
    runAsNonRoot: 'bool',
    fsGroup: 'double',
    seccompProfile: 'Profile',
    appArmorProfile: 'Profile',
  },
  NodeSelectorRequirement: { key: 'string', operator: 'string', values: 'list<string>' },
  NodeSelectorTerm: {
    matchExpressions: 'list<NodeSelectorRequirement>',
    matchFields: 'list<NodeSelectorRequirement>',
  },
  NodeSelector: { nodeSelectorTerms: 'list<NodeSelectorTerm>' },
  NodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: 'NodeSelector' },
  Affinity: { nodeAffinity: 'NodeAffinity' },
  PodOS: { name: 'string' },
  PodMetadata: {
    name: 'string',
    generateName: 'string',
    namespace: 'string',
    labels: 'map<string, string>',
    annotations: 'map<string, string>',
  },
  PodSpec: {
    runtimeClassName: 'string',
    nodeSelector: 'map<string, string>',
    tolerations: 'list<Toleration>',
    affinity: 'Affinity',
    schedulerName: 'string',
    nodeName: 'string',
    serviceAccountName: 'string',
    priorityClassName: 'string',
    priority: 'double',
    restartPolicy: 'string',
    hostUsers: 'bool',
    hostNetwork: 'bool',
    hostPID: 'bool',
    hostIPC: 'bool',
    shareProcessNamespace: 'bool',
    automountServiceAccountToken: 'bool',
    os: 'PodOS',
    securityContext: 'PodSecurityContext',
    initContainers: 'list<Container>',
    containers: 'list<Container>',
    volumes: 'list<Volume>',
  },
  Pod: { metadata: 'PodMetadata', spec: 'PodSpec' },
  NamespaceMetadata: { name: 'string', labels: 'map<string, string>' },
  Namespace: { metadata: 'NamespaceMetadata' },
};

/**
 * The variables and their types. `namespace` is a reserved word of CEL; ValidatingAdmissionPolicies call it
 * `namespaceObject`.
 */
export const CONDITION_VARIABLES: Readonly<Record<string, string>> = { pod: 'Pod', namespaceObject: 'Namespace' };
