import type { Rows } from './row.ts';

/** Questions about a pod as policies ask them. */
export const PODS: Rows = {
  source: 'https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/',
  holds: [
    "object.kind == 'Pod' && object.apiVersion == 'v1' && object.metadata.namespace == 'default'",
    'object.spec.priority == 0 && object.spec.securityContext.runAsUser > 999',
    "object.spec.containers.all(c, c.image.contains('/acme/'))",
    "object.spec.containers.exists(c, c.?resources.?limits[?'cpu'].orValue('') == '500m')",
    "object.metadata.labels['example.com/tier'] == 'one' && object.metadata.labels.app == 'tools'",
    "!('nope' in object.metadata.labels) && object.metadata.?labels[?'nope'].orValue('x') == 'x'",
    "'ALL' in object.spec.containers[0].securityContext.capabilities.drop",
    "(object.spec.containers + object.spec.initContainers).map(c, c.name) == ['app', 'side', 'init']",
    'object.spec.?ephemeralContainers.orValue([]).size() == 0',
    'object.spec.containers.filter(c, has(c.ports)).map(c, c.ports.map(p, p.containerPort)) == [[8080]]',
    "object.spec.containers[0].env.exists(e, e.name == 'B' && !has(e.value))",
    "object.spec.tolerations.exists_one(t, t.key == 'a' && !has(t.effect))",
    'object.spec.containers[0].livenessProbe.httpGet.port == 8080',
    "object.spec.volumes.filter(v, has(v.emptyDir)).all(v, v.emptyDir.sizeLimit == '2Gi')",
    "object.metadata.annotations.note == 'grüße 😀' && object.metadata.annotations.empty == ''",
    'object.spec.securityContext.supplementalGroups.sum() == 6',
    "object.metadata.labels.all(k, v, k.size() > 0 && v != '')",
    'oldObject == null',
    "request.operation == 'CREATE' && request.kind.kind == 'Pod' && request.resource.resource == 'pods'",
    "request.kind.group == '' && request.kind.version == 'v1' && !has(request.subResource)",
    "request.namespace == 'default' && request.name == 'table' && request.userInfo.username != ''",
    "request.userInfo.groups.exists(g, g == 'system:masters') && request.dryRun",
    "namespaceObject.metadata.name == 'default' && namespaceObject.metadata.labels['kubernetes.io/metadata.name'] == 'default'",
  ],
  fails: [
    'object.spec.containers.all(c, c.securityContext.privileged == false)',
    "object.metadata.labels['nope'] == ''",
    'oldObject.spec.priority == 0',
    "request.subResource == ''",
    'object.spec.containers[2].name == ""',
  ],
  refused: ["request.userInfo.name == 'a'", 'request.nope == 1', 'namespaceObject.metadata.nope == 1'],
};
