// What people call values who come from other charts. The schema lets these names through, so that templates/validate.yaml
// can refuse them with the name that is meant: Helm's own words for a key that is not known have no room for it.

/** The value that is meant, by the path that was typed. */
export const ALIASES: Readonly<Record<string, string>> = {
  replicaCount: 'replicas',
  imagePullSecrets: 'image.pullSecrets',
  imagePullPolicy: 'image.pullPolicy',
  imageRegistry: 'image.registry',
  'image.name': 'image.repository',
  'image.pullSecret': 'image.pullSecrets',
  'image.imagePullSecrets': 'image.pullSecrets',
  'image.imagePullPolicy': 'image.pullPolicy',
  labels: 'commonLabels',
  customLabels: 'commonLabels',
  additionalLabels: 'commonLabels',
  annotations: 'podAnnotations',
  excludeNamespaces: 'excludedNamespaces',
  exemptNamespaces: 'excludedNamespaces',
  namespaceSelector: 'webhooks.namespaceSelector',
  objectSelector: 'webhooks.objectSelector',
  matchConditions: 'webhooks.matchConditions',
  webhookAnnotations: 'webhooks.annotations',
  failurePolicy: 'webhooks.enforce.failurePolicy',
  timeoutSeconds: 'webhooks.enforce.timeoutSeconds',
  tls: 'certificates',
  certManager: 'certificates.certManager',
  'certificates.issuerRef': 'certificates.certManager.issuerRef',
  'certificates.certManager.issuer': 'certificates.certManager.issuerRef',
  issuerRef: 'certificates.certManager.issuerRef',
  caBundle: 'certificates.existingSecret.caBundle',
  clientCa: 'clientCA',
  clientNames: 'clientCA.names',
  'clientCA.clientNames': 'clientCA.names',
  installCRDs: 'crds.enabled',
  'crds.install': 'crds.enabled',
  securePort: 'port',
  webhookPort: 'port',
  containerPort: 'port',
  'webhooks.port': 'port',
  'service.targetPort': 'port',
  args: 'extraArgs',
  env: 'extraEnv',
  extraEnvs: 'extraEnv',
  extraEnvVars: 'extraEnv',
  serviceAnnotations: 'service.annotations',
  'service.ipFamily': 'service.ipFamilies',
  prometheus: 'serviceMonitor',
  'metrics.serviceMonitor': 'serviceMonitor',
  'metrics.podMonitor': 'podMonitor',
  'metrics.prometheusRule': 'prometheusRule',
  'metrics.dashboard': 'grafanaDashboard',
  alerts: 'prometheusRule',
  dashboard: 'grafanaDashboard',
  dashboards: 'grafanaDashboard',
  grafana: 'grafanaDashboard',
  'podMonitor.additionalLabels': 'podMonitor.labels',
  'podMonitor.selector': 'podMonitor.labels',
  'prometheusRule.additionalLabels': 'prometheusRule.labels',
  'prometheusRule.runbookUrl': 'prometheusRule.docsURL',
  'serviceMonitor.additionalLabels': 'serviceMonitor.labels',
  'serviceMonitor.selector': 'serviceMonitor.labels',
  'networkPolicy.ingressFrom': 'networkPolicy.metricsNamespaces',
  hpa: 'autoscaling',
  'autoscaling.targetCPU': 'autoscaling.targetCPUUtilizationPercentage',
  containerSecurityContext: 'securityContext',
  initContainers: 'extraInitContainers',
  volumes: 'extraVolumes',
  volumeMounts: 'extraVolumeMounts',
  extraManifests: 'extraObjects',
  extraDeploy: 'extraObjects',
  workloadNamespace: 'workloadEgressNetworkPolicy.workloadNamespace',
  'workloadEgressNetworkPolicy.publicInternetCIDR': 'workloadEgressNetworkPolicy.additionalInternalCIDRs',
  'workloadEgressNetworkPolicy.selectorLabels': 'workloadEgressNetworkPolicy.podSelectorLabels',
  'workloadEgressNetworkPolicy.tunnelCIDR': 'workloadEgressNetworkPolicy.openZitiCIDR',
  strategy: 'updateStrategy',
  deploymentStrategy: 'updateStrategy',
  'updateStrategy.rollingUpdate': 'updateStrategy',
  pdb: 'podDisruptionBudget',
  'podDisruptionBudget.minAvailable': 'podDisruptionBudget.maxUnavailable',
  priorityClass: 'priorityClassName',
  terminationGracePeriodSeconds: 'shutdown.gracePeriodSeconds',
};

const HEAD = '{{- /* Made by `npm run docs` from scripts/chart/aliases.ts: do not edit. */}}\n';

/** The text of templates/_aliases.tpl: a template that fails where one of them is set. */
export function aliasesTemplate(): string {
  const lines = Object.entries(ALIASES).map(([typed, meant]) => {
    const keys = typed.split('.');
    const group = ['.Values', ...keys.slice(0, -1)].join('.');
    const says = `${typed}: the chart has no such value: did you mean ${meant}?`;
    return `{{- if hasKey ${group} "${keys.at(-1)}" }}{{ fail "${says}" }}{{ end }}\n`;
  });
  return `${HEAD}{{- define "sandgate.refuseAliases" -}}\n${lines.join('')}{{- end }}\n`;
}

/** What the schema says of those in a group, by key. `prefix` is empty or ends with a dot. */
export function aliasesIn(prefix: string): Readonly<Record<string, { readonly description: string }>> {
  const own = Object.entries(ALIASES).flatMap(([typed, meant]) => {
    if (!typed.startsWith(prefix) || typed.slice(prefix.length).includes('.')) return [];
    return [[typed.slice(prefix.length), { description: `Refused: did you mean ${meant}?` }] as const];
  });
  return Object.fromEntries(own);
}
