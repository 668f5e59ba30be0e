// Every name of the API and of Kubernetes that Sandgate reads or writes as a string key.

/** The API group and version of our own documents. */
export const API_VERSION = 'sandgate.dev/v1alpha1';

/** Set on every namespace by the API server to the namespace's own name. */
export const NAMESPACE_NAME_LABEL = 'kubernetes.io/metadata.name';

/** Marks the API server's copy of a node's static pod. Anyone may write it: believe it only of a node. */
export const MIRROR_ANNOTATION = 'kubernetes.io/config.mirror';
export const NODES_GROUP = 'system:nodes';

/** Per-container AppArmor profiles before the field existed; still copied into the field by the API server. */
export const APPARMOR_ANNOTATION_PREFIX = 'container.apparmor.security.beta.kubernetes.io/';

/** Seccomp before 1.19. */
export const SECCOMP_POD_ANNOTATION = 'seccomp.security.alpha.kubernetes.io/pod';
export const SECCOMP_CONTAINER_ANNOTATION_PREFIX = 'container.seccomp.security.alpha.kubernetes.io/';

/** `pod-security.kubernetes.io/enforce`, `…/enforce-version`, and so for audit and warn. */
export const POD_SECURITY_LABEL_PREFIX = 'pod-security.kubernetes.io/';

/** The keys of annotations that are ours. */
export const OWN_KEY_PREFIX = 'sandgate.dev/';
/** What a workload asks for, on its pod template or its Sandbox: the names of capability classes, with commas between. */
export const CAPABILITIES_ANNOTATION = 'sandgate.dev/capabilities';
/** `sandgate.dev/docker-containers`: which containers are given what a class grants. */
export function containersAnnotation(className: string): string {
  return `sandgate.dev/${className}-containers`;
}
/** The check that what a workload asks for can be granted, and that nobody else makes use of it. */
export const GRANTS_CHECK = 'capabilityGrants';

/** The check that a field which the policy fills in was filled in; for overrides of its actions. */
export const FILLED_IN_CHECK = 'filledIn';
/** The check that fields have the types Kubernetes gives them. No policy can turn it off. */
export const SHAPE_CHECK = 'shape';
/** The check that what a verdict depends on is known. No policy can turn it off. */
export const NAMESPACE_CHECK = 'namespaceLabels';

/** The webhook that judges nothing: by it the API server is asked whether it reaches us. */
export const REACHABLE_WEBHOOK = 'reachable.validate.sandgate.dev';
export const REACHABLE_PATH = '/reachable';
/** On the object that is asked with, and on no other: no other object is sent to that webhook. */
export const REACHABLE_LABEL = 'sandgate.dev/reachable';

/** The webhook for connections to running pods. */
export const CONNECTIONS_WEBHOOK = 'connections.validate.sandgate.dev';

/** The webhook by which we hear of an uninstall before it begins: of the deletion of a ConfigMap with this label. */
export const UNINSTALL_WEBHOOK = 'uninstall.validate.sandgate.dev';
export const UNINSTALL_PATH = '/uninstall';
export const UNINSTALL_LABEL = 'sandgate.dev/uninstall';

/** The webhook for RoleBindings and ClusterRoleBindings. */
export const ROLE_BINDINGS_WEBHOOK = 'role-bindings.validate.sandgate.dev';

/** On our webhook configurations: `Chart` or `Server`, for who registered them. */
export const REGISTRATION_ANNOTATION = 'sandgate.dev/registration';
/** On those that a server registered: which text they were made from. */
export const REGISTERED_ANNOTATION = 'sandgate.dev/registered-from';
/** On those that a server registers: the names, with commas, of those of their webhooks that are there only while a policy uses them. */
export const WHERE_USED_ANNOTATION = 'sandgate.dev/registered-where-used';
/** On those that trust the CA of before, too: until when. */
export const FORMER_CA_ANNOTATION = 'sandgate.dev/former-ca-until';
