// What each value of the chart may be. What is said of it, and its default, are in values.yaml.
//
// Draft 7, and no look-ahead in patterns: Helm 3 knows no later draft, and Go no look-ahead.
import type { SchemaObject } from 'ajv';
import { isJsonObject, ownField } from '../../src/model/json.ts';
import { ISOLATION_POLICY_SCHEMA } from '../../src/resources/isolation-policy/schema.ts';
import { WORKLOAD_KIND_SCHEMA } from '../../src/resources/workload-kind/schema.ts';
import { knownTargets } from '../../src/workloads/form.ts';
import { ALERTS } from '../monitoring/alerts/index.ts';
import { forHelm } from './for-helm.ts';

/** What a cluster can be made of; templates/_platforms.tpl has the namespaces. */
const PLATFORMS = ['AKS', 'EKS', 'GKE', 'OpenShift', 'Rancher', 'k3s'];
const NAME = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const flag: SchemaObject = { type: 'boolean' };
const text: SchemaObject = { type: 'string' };
const texts: SchemaObject = { type: 'object', additionalProperties: text };
const optionalName: SchemaObject = { type: 'string', maxLength: 63, pattern: `^(${NAME})?$` };
const duration: SchemaObject = { type: 'string', pattern: '^([0-9]+(h|m|s))+$' };
const seconds: SchemaObject = { type: 'integer', minimum: 0, maximum: 3600 };
/** Below 1024 a user who is not root may not listen everywhere. */
const port: SchemaObject = { type: 'integer', minimum: 1024, maximum: 65535 };
/** Of an object; empty for none. */
const optionalObjectName: SchemaObject = {
  type: 'string',
  maxLength: 253,
  pattern: `^(${NAME}(\\.${NAME})*)?$`,
};
/** As Prometheus has it where empty. */
const optionalDuration: SchemaObject = { type: 'string', pattern: '^([0-9]+(h|m|s))*$' };
/** How many pods, or which part of the replicas. */
const countOrShare: SchemaObject = { type: ['integer', 'string'], minimum: 0, pattern: '^(100|[1-9]?[0-9])%$' };
/** Names of namespaces, in which `*` stands for any characters; not of all namespaces. */
const namespaceGlobs: SchemaObject = {
  type: 'array',
  uniqueItems: true,
  items: { type: 'string', maxLength: 63, pattern: '^[-a-z0-9*]*[a-z0-9][-a-z0-9*]*$' },
};
const namespaces: SchemaObject = {
  type: 'array',
  uniqueItems: true,
  items: { type: 'string', maxLength: 63, pattern: `^${NAME}$` },
};
/** Labels, without those of the chart, of which one would be lost, and those that would put our ClusterRoles into others. */
const ownLabels: SchemaObject = {
  ...texts,
  propertyNames: {
    not: {
      pattern:
        '^(helm\\.sh/chart|app\\.kubernetes\\.io/(name|instance|version|managed-by)|rbac\\.authorization\\.k8s\\.io/.*)$',
    },
  },
};
const quantities: SchemaObject = { type: 'object', additionalProperties: { type: ['string', 'number'] } };

/** What a WorkloadKind has under `spec`. Which fields of a pod there are, Helm is told in full. */
const workloadSpec = withTargets(ownField(WORKLOAD_KIND_SCHEMA.properties, 'spec'));

function withTargets(spec: unknown): SchemaObject {
  if (!isJsonObject(spec)) throw new Error('WorkloadKinds have no spec');
  const copy: unknown = JSON.parse(JSON.stringify(spec), (key, value: unknown) =>
    key === 'to' && isJsonObject(value) ? { ...value, enum: ['', ...knownTargets()] } : value,
  );
  return isJsonObject(copy) ? copy : {};
}

function closed(properties: Readonly<Record<string, SchemaObject>>, required: readonly string[] = []): SchemaObject {
  return { type: 'object', additionalProperties: false, ...(required.length > 0 && { required }), properties };
}

const OCTET = '(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])';
/** Not of length 0, which is everything. */
const IPV4_CIDR = `(${OCTET}\\.){3}${OCTET}/([1-9]|[12][0-9]|3[0-2])`;
/** As far as a pattern can tell; the API server checks the rest. */
const IPV6_CIDR = '[0-9a-fA-F]{0,4}(:[0-9a-fA-F]{0,4}){2,7}/([1-9]|[1-9][0-9]|1[01][0-9]|12[0-8])';
const CIDR = `(${IPV4_CIDR}|${IPV6_CIDR})`;
const cidrs: SchemaObject = { type: 'array', uniqueItems: true, items: { type: 'string', pattern: `^${CIDR}$` } };
/** Of each family at most one. */
const familyCidrs: SchemaObject = { type: 'string', pattern: `^(${CIDR}(,${CIDR})?)?$` };

/** What the API server checks. */
const anything: SchemaObject = { type: 'array', items: { type: 'object' } };

const labelSelector = closed({
  matchLabels: texts,
  matchExpressions: {
    type: 'array',
    items: closed(
      {
        key: { type: 'string', minLength: 1 },
        operator: { type: 'string', enum: ['In', 'NotIn', 'Exists', 'DoesNotExist'] },
        values: { type: 'array', items: text },
      },
      ['key', 'operator'],
    ),
  },
});

/** The settings of a probe. `successThreshold` is 1 in any other than that of readiness. */
function probe(more: Readonly<Record<string, SchemaObject>> = {}): SchemaObject {
  const count: SchemaObject = { type: 'integer', minimum: 1 };
  return closed({
    initialDelaySeconds: { type: 'integer', minimum: 0 },
    periodSeconds: count,
    timeoutSeconds: count,
    failureThreshold: count,
    ...more,
  });
}

const PROFILE = closed({ type: text, localhostProfile: text }, ['type']);
const ID: SchemaObject = { type: 'integer', minimum: 0 };
const SHARED_SECURITY: Readonly<Record<string, SchemaObject>> = {
  runAsNonRoot: flag,
  runAsUser: ID,
  runAsGroup: ID,
  seccompProfile: PROFILE,
  appArmorProfile: PROFILE,
  seLinuxOptions: closed({ user: text, role: text, type: text, level: text }),
};
const podSecurity = closed({
  ...SHARED_SECURITY,
  fsGroup: ID,
  fsGroupChangePolicy: { type: 'string', enum: ['Always', 'OnRootMismatch'] },
  supplementalGroups: { type: 'array', items: ID },
  supplementalGroupsPolicy: { type: 'string', enum: ['Merge', 'Strict'] },
  seLinuxChangePolicy: { type: 'string', enum: ['MountOption', 'Recursive'] },
  sysctls: { type: 'array', items: closed({ name: text, value: text }, ['name', 'value']) },
});
const containerSecurity = closed({
  ...SHARED_SECURITY,
  allowPrivilegeEscalation: flag,
  readOnlyRootFilesystem: flag,
  privileged: flag,
  procMount: { type: 'string', enum: ['Default', 'Unmasked'] },
  capabilities: closed({ add: { type: 'array', items: text }, drop: { type: 'array', items: text } }),
});

const WEBHOOK: Readonly<Record<string, SchemaObject>> = {
  failurePolicy: { type: 'string', enum: ['Fail', 'Ignore'] },
  // What the API server accepts.
  timeoutSeconds: { type: 'integer', minimum: 1, maximum: 30 },
};

/** The names of the shipped bundles: of all, and of those that are policies and no classes. */
export interface BundleNames {
  readonly all: readonly string[];
  readonly policies: readonly string[];
}

/** A part of the schema of policies, by its path. */
function policySchema(...path: readonly string[]): SchemaObject {
  const found = path.reduce<unknown>(
    (schema, key) => ownField(ownField(schema, 'properties'), key),
    ISOLATION_POLICY_SCHEMA,
  );
  if (!isJsonObject(found)) throw new Error(`policies have no ${path.join('.')}`);
  return forHelm(found);
}

/** A name, or a policy by name with what is to be another way about it. */
function bundle({ all, policies }: BundleNames): SchemaObject {
  const changed = closed(
    {
      name: { type: 'string', enum: policies },
      namespaceSelector: policySchema('spec', 'match', 'namespaceSelector'),
      validationActions: policySchema('spec', 'validationActions'),
      capabilities: policySchema('spec', 'capabilities'),
    },
    ['name'],
  );
  const named = { if: { type: 'object' }, else: { enum: all } };
  return { type: ['string', 'object'], if: { type: 'string' }, else: changed, allOf: [named] };
}

/** What each value may be, by its path. */
export function leaves(bundles: BundleNames): Readonly<Record<string, SchemaObject>> {
  return {
    replicas: { type: 'integer', minimum: 1 },
    'autoscaling.enabled': flag,
    'autoscaling.create': flag,
    'autoscaling.minReplicas': { type: 'integer', minimum: 1 },
    'autoscaling.maxReplicas': { type: 'integer', minimum: 1 },
    'autoscaling.targetCPUUtilizationPercentage': { type: 'integer', minimum: 1 },
    // What is in it the API server checks.
    'autoscaling.behavior': { type: 'object' },
    'global.imageRegistry': { type: 'string', pattern: '^[^\\s@]*$' },
    // Charts that have others as parts write both.
    'global.imagePullSecrets': {
      type: 'array',
      items: {
        anyOf: [{ type: 'string', minLength: 1 }, closed({ name: { type: 'string', minLength: 1 } }, ['name'])],
      },
    },
    platforms: { type: 'array', uniqueItems: true, items: { type: 'string', enum: PLATFORMS } },
    'image.registry': { type: 'string', pattern: '^[^\\s@]*$' },
    'image.repository': { type: 'string', pattern: '^[^\\s@]+$' },
    'image.tag': { type: 'string', pattern: '^(\\w[\\w.-]{0,127})?$' },
    'image.digest': { type: 'string', pattern: '^(sha256:[a-f0-9]{64})?$' },
    'image.pullPolicy': { type: 'string', enum: ['Always', 'IfNotPresent', 'Never'] },
    'image.pullSecrets': { type: 'array', items: closed({ name: { type: 'string', minLength: 1 } }, ['name']) },
    nameOverride: optionalName,
    fullnameOverride: optionalName,
    commonLabels: ownLabels,
    bundles: { type: 'array', uniqueItems: true, items: bundle(bundles) },
    policies: { type: 'array', items: forHelm(ISOLATION_POLICY_SCHEMA) },
    existingClasses: {
      type: 'array',
      uniqueItems: true,
      items: { type: 'string', maxLength: 52, pattern: `^${NAME}$` },
    },
    // A word is the name of a built-in kind; templates/_registration.tpl says which there are.
    workloads: {
      type: 'array',
      items: { ...forHelm(workloadSpec), type: ['string', 'object'] },
    },
    // As definitions of classes have them.
    capabilityImplementations: {
      type: 'object',
      propertyNames: { maxLength: 52, pattern: `^${NAME}$` },
      additionalProperties: { type: 'string', maxLength: 63, pattern: `^${NAME}$` },
    },
    excludedNamespaces: namespaceGlobs,
    'webhooks.registration': { type: 'string', enum: ['Server', 'Chart'] },
    // Those of the chart say who registers the webhooks, and who writes the CA.
    'webhooks.annotations': {
      ...texts,
      propertyNames: { not: { pattern: '^(sandgate\\.dev/.*|meta\\.helm\\.sh/.*|cert-manager\\.io/inject-.*)$' } },
    },
    'webhooks.namespaceSelector': labelSelector,
    'webhooks.objectSelector': labelSelector,
    'webhooks.matchConditions': {
      type: 'array',
      items: closed({ name: { type: 'string', minLength: 1 }, expression: { type: 'string', minLength: 1 } }, [
        'name',
        'expression',
      ]),
    },
    ...Object.fromEntries(
      ['fill', 'enforce', 'advise', 'connect', 'roleBindings', 'policies'].flatMap((entry) =>
        Object.entries(WEBHOOK).map(([key, schema]) => [`webhooks.${entry}.${key}`, schema]),
      ),
    ),
    'webhooks.connect.enabled': { enum: ['auto', true, false] },
    'webhooks.roleBindings.enabled': { enum: ['auto', true, false] },
    'certificates.certManager.enabled': flag,
    'certificates.certManager.namespace': optionalName,
    'certificates.certManager.duration': duration,
    'certificates.certManager.renewBefore': duration,
    'certificates.certManager.issuerRef.name': optionalObjectName,
    'certificates.certManager.issuerRef.kind': { type: 'string', maxLength: 63, pattern: '^[A-Z][A-Za-z0-9]*$' },
    'certificates.certManager.issuerRef.group': { type: 'string', maxLength: 253, pattern: `^${NAME}(\\.${NAME})+$` },
    'certificates.existingSecret.name': optionalObjectName,
    // What has to be in it is in templates/validate.yaml: of a pattern Helm 4 prints what does not match.
    'certificates.existingSecret.caBundle': text,
    'certificates.helm.enabled': flag,
    'certificates.helm.validDays': { type: 'integer', minimum: 1 },
    'certificates.helm.generation': { type: 'integer' },
    'clientCA.secretName': optionalObjectName,
    'clientCA.configMapName': optionalObjectName,
    // What a key of a Secret may be.
    'clientCA.key': { type: 'string', maxLength: 253, pattern: '^[-._a-zA-Z0-9]+$' },
    'clientCA.names': { type: 'array', uniqueItems: true, items: { type: 'string', minLength: 1 } },
    'crds.enabled': flag,
    'crds.keep': flag,
    'rbac.create': flag,
    'rbac.aggregateToView': flag,
    'serviceAccount.create': flag,
    'serviceAccount.name': optionalObjectName,
    'serviceAccount.annotations': texts,
    logLevel: { type: 'string', enum: ['error', 'warn', 'info', 'debug', 'silent'] },
    port,
    hostNetwork: flag,
    dnsPolicy: { type: 'string', enum: ['', 'ClusterFirst', 'ClusterFirstWithHostNet', 'Default'] },
    // What they may be is in templates/_arguments.tpl: it takes words.
    extraArgs: { type: 'array', items: text },
    // What is in these the API server checks.
    extraVolumes: anything,
    extraVolumeMounts: anything,
    extraInitContainers: anything,
    // As a map, or as text with template expressions.
    extraObjects: { type: 'array', items: { type: ['object', 'string'] } },
    extraEnv: {
      type: 'array',
      // What is in valueFrom the API server checks.
      items: closed(
        {
          name: { type: 'string', pattern: '^[-._a-zA-Z][-._a-zA-Z0-9]*$' },
          value: text,
          valueFrom: { type: 'object' },
        },
        ['name'],
      ),
    },
    'service.annotations': texts,
    'service.ipFamilyPolicy': { type: 'string', enum: ['', 'SingleStack', 'PreferDualStack', 'RequireDualStack'] },
    'service.ipFamilies': { type: 'array', uniqueItems: true, items: { type: 'string', enum: ['IPv4', 'IPv6'] } },
    'metrics.enabled': flag,
    'metrics.port': port,
    'metrics.serviceAnnotations': texts,
    'denialEvents.enabled': flag,
    'tracing.enabled': flag,
    'tracing.endpoint': { type: 'string', pattern: '^(https?://[^\\s]+)?$' },
    'serviceMonitor.enabled': flag,
    'serviceMonitor.namespace': optionalName,
    'serviceMonitor.labels': ownLabels,
    'serviceMonitor.interval': optionalDuration,
    'serviceMonitor.scrapeTimeout': optionalDuration,
    'podMonitor.enabled': flag,
    'podMonitor.namespace': optionalName,
    'podMonitor.labels': ownLabels,
    'podMonitor.interval': optionalDuration,
    'podMonitor.scrapeTimeout': optionalDuration,
    'prometheusRule.enabled': flag,
    'prometheusRule.namespace': optionalName,
    'prometheusRule.labels': ownLabels,
    'prometheusRule.alertLabels': {
      ...texts,
      propertyNames: { pattern: '^[a-zA-Z_][a-zA-Z0-9_]*$', not: { enum: ['alertname', 'severity'] } },
    },
    // Without any, what is left is an object that the operator refuses.
    'prometheusRule.disabled': {
      type: 'array',
      uniqueItems: true,
      maxItems: ALERTS.length - 1,
      items: { type: 'string', enum: ALERTS.map(({ name }) => name) },
    },
    'prometheusRule.docsURL': { type: 'string', pattern: '^(https?://.*/)?$' },
    'prometheusRule.thresholds.slowReviewSeconds': { type: 'number', exclusiveMinimum: 0, maximum: 30 },
    'prometheusRule.thresholds.refusedPercent': { type: 'number', minimum: 0, maximum: 100 },
    // A watch that is well is silent for up to a minute.
    'prometheusRule.thresholds.watchStaleSeconds': { type: 'integer', minimum: 90 },
    'prometheusRule.thresholds.certificateDays': { type: 'integer', minimum: 1 },
    'grafanaDashboard.enabled': flag,
    'grafanaDashboard.namespace': optionalName,
    'grafanaDashboard.labels': { ...ownLabels, minProperties: 1 },
    'grafanaDashboard.annotations': texts,
    'audit.enabled': flag,
    // Five fields, or one of the words; no time zone, which the API server does not take there.
    'audit.schedule': {
      type: 'string',
      pattern: '^(@(yearly|annually|monthly|weekly|daily|midnight|hourly)|[^\\s=@]+( +[^\\s=@]+){4})$',
    },
    'audit.deadlineSeconds': { type: 'integer', minimum: 1 },
    'audit.successfulJobsHistoryLimit': { type: 'integer', minimum: 0 },
    'audit.failedJobsHistoryLimit': { type: 'integer', minimum: 0 },
    'audit.serviceAccountName': optionalObjectName,
    'audit.resources': closed({ requests: quantities, limits: quantities }),
    'networkPolicy.enabled': flag,
    'networkPolicy.metricsNamespaces': namespaces,
    'workloadEgressNetworkPolicy.enabled': flag,
    'workloadEgressNetworkPolicy.name': { ...optionalObjectName, minLength: 1 },
    'workloadEgressNetworkPolicy.workloadNamespace': optionalName,
    'workloadEgressNetworkPolicy.additionalWorkloadNamespaces': namespaces,
    'workloadEgressNetworkPolicy.podSelectorLabels': { ...texts, minProperties: 1 },
    'workloadEgressNetworkPolicy.holdLabels': flag,
    'workloadEgressNetworkPolicy.openZitiCIDR': { type: 'string', pattern: `^(${IPV4_CIDR})?$` },
    'workloadEgressNetworkPolicy.dns.namespaceSelector': { ...texts, minProperties: 1 },
    'workloadEgressNetworkPolicy.dns.podSelector': { ...texts, minProperties: 1 },
    'workloadEgressNetworkPolicy.dns.ports': {
      type: 'array',
      minItems: 1,
      uniqueItems: true,
      items: { type: 'integer', minimum: 1, maximum: 65535 },
    },
    'workloadEgressNetworkPolicy.dns.cidrs': cidrs,
    'workloadEgressNetworkPolicy.clusterPodCIDR': familyCidrs,
    'workloadEgressNetworkPolicy.clusterServiceCIDR': familyCidrs,
    'workloadEgressNetworkPolicy.additionalInternalCIDRs': cidrs,
    'workloadEgressNetworkPolicy.blockedCIDRs': cidrs,
    'workloadEgressNetworkPolicy.ipv6': flag,
    'authorizationCache.authorizedTTLSeconds': seconds,
    'authorizationCache.unauthorizedTTLSeconds': seconds,
    'shutdown.drainSeconds': seconds,
    'shutdown.deadlineSeconds': seconds,
    'shutdown.gracePeriodSeconds': seconds,
    'updateStrategy.maxSurge': countOrShare,
    'updateStrategy.maxUnavailable': countOrShare,
    revisionHistoryLimit: { type: 'integer', minimum: 0 },
    'podDisruptionBudget.enabled': flag,
    'podDisruptionBudget.maxUnavailable': {
      type: ['integer', 'string'],
      minimum: 1,
      pattern: '^[1-9][0-9]?%$',
    },
    resources: closed({ requests: quantities, limits: quantities }),
    livenessProbe: probe({ terminationGracePeriodSeconds: { type: 'integer', minimum: 1 } }),
    readinessProbe: probe({ successThreshold: { type: 'integer', minimum: 1 } }),
    startupProbe: probe({ terminationGracePeriodSeconds: { type: 'integer', minimum: 1 } }),
    deploymentAnnotations: texts,
    podSecurityContext: podSecurity,
    securityContext: containerSecurity,
    runtimeClassName: optionalObjectName,
    // The one of ours replaces the pods when policies change.
    podAnnotations: { ...texts, propertyNames: { not: { const: 'checksum/policies' } } },
    podLabels: ownLabels,
    priorityClassName: optionalObjectName,
    'resourceQuota.enabled': flag,
    nodeSelector: texts,
    tolerations: {
      type: 'array',
      items: closed({
        key: text,
        operator: { type: 'string', enum: ['Exists', 'Equal', 'Lt', 'Gt'] },
        value: text,
        effect: { type: 'string', enum: ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] },
        tolerationSeconds: { type: 'integer' },
      }),
    },
    // What is in them the API server checks.
    affinity: closed({
      nodeAffinity: { type: 'object' },
      podAffinity: { type: 'object' },
      podAntiAffinity: { type: 'object' },
    }),
    topologySpreadConstraints: {
      type: 'array',
      items: closed(
        {
          maxSkew: { type: 'integer', minimum: 1 },
          minDomains: { type: 'integer', minimum: 1 },
          topologyKey: { type: 'string', minLength: 1 },
          whenUnsatisfiable: { type: 'string', enum: ['DoNotSchedule', 'ScheduleAnyway'] },
          labelSelector: { type: 'object' },
          matchLabelKeys: { type: 'array', items: text },
          nodeAffinityPolicy: { type: 'string', enum: ['Honor', 'Ignore'] },
          nodeTaintsPolicy: { type: 'string', enum: ['Honor', 'Ignore'] },
        },
        ['maxSkew', 'topologyKey', 'whenUnsatisfiable'],
      ),
    },
  };
}
