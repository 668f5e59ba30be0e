// The checks of the Pod Security Standards in CEL, in each of their versions. The same rules as in src/pod-security/checks, for an API
// server that has nothing else. test/cluster/export holds them against the webhook.
import {
  APPARMOR_ANNOTATION_PREFIX,
  SECCOMP_CONTAINER_ANNOTATION_PREFIX,
  SECCOMP_POD_ANNOTATION,
} from '../../model/names.ts';
import { BASELINE_CAPABILITIES } from '../../pod-security/checks/capabilities_baseline.ts';
import { RESTRICTED_VOLUME_TYPES } from '../../pod-security/checks/restrictedVolumes.ts';
import { SELINUX_TYPES_1_0, SELINUX_TYPES_1_31 } from '../../pod-security/checks/seLinuxOptions.ts';
import { ALLOWED_SYSCTLS } from '../../pod-security/checks/sysctls.ts';
import { both, containersOf, eachContainer, eachContext, literal, type Term, unless } from './term.ts';

/** A rule from a minor version of Kubernetes on. */
export interface StandardTerm {
  readonly since: `1.${number}`;
  readonly term: Term;
}

const inUserNamespace = (pod: string): string => `!${pod}.spec.?hostUsers.orValue(true)`;
const isWindows = (pod: string): string => `${pod}.spec.?os.?name.orValue('') == 'windows'`;

const procMount = eachContainer(() => "c.?securityContext.?procMount.orValue('Default') == 'Default'");

const sysctls = ALLOWED_SYSCTLS.map(
  ({ since, names }): StandardTerm => ({
    since,
    term: (pod) =>
      `${pod}.spec.?securityContext.?sysctls.orValue([]).all(s, s.?name.orValue('') in ${literal([...names])})`,
  }),
);

/** No profile, or one of the two that confine. */
const confined = (profile: string): string =>
  `(!${profile}.hasValue() || ${profile}.?type.orValue('') in ['RuntimeDefault', 'Localhost'])`;
const seccompFields = eachContext((context) => confined(`${context}.?seccompProfile`));
const seccompRequired = both(
  seccompFields,
  (pod) =>
    `${pod}.spec.?securityContext.?seccompProfile.hasValue() || ${containersOf(pod)}.all(c, c.?securityContext.?seccompProfile.hasValue())`,
);
const SECCOMP_VALUES = "in ['runtime/default', 'docker/default']";
const seccompAnnotations: Term = (pod) => {
  const annotations = `${pod}.metadata.?annotations`;
  const holds = (key: string): string => {
    const value = `${annotations}[?${key}]`;
    return `(!${value}.hasValue() || ${value}.value() ${SECCOMP_VALUES} || ${value}.value().startsWith('localhost/'))`;
  };
  return `${holds(literal(SECCOMP_POD_ANNOTATION))} && ${containersOf(pod)}.all(c, ${holds(`${literal(SECCOMP_CONTAINER_ANNOTATION_PREFIX)} + c.name`)})`;
};

const appArmorAnnotations: Term = (pod) => {
  const value = `${pod}.metadata.annotations[k]`;
  return `!has(${pod}.metadata.annotations) || ${pod}.metadata.annotations.all(k, !k.startsWith(${literal(APPARMOR_ANNOTATION_PREFIX)}) || ${value} in ['', 'runtime/default'] || ${value}.startsWith('localhost/'))`;
};

function seLinux(types: ReadonlySet<string>): Term {
  return eachContext((context) => {
    const options = `${context}.?seLinuxOptions`;
    return `(${options}.?type.orValue('') in ${literal([...types])} && ${options}.?user.orValue('') == '' && ${options}.?role.orValue('') == '')`;
  });
}

const capabilities = eachContainer(
  () =>
    "c.?securityContext.?capabilities.?drop.orValue([]).exists(d, d == 'ALL') && c.?securityContext.?capabilities.?add.orValue([]).all(a, a == 'NET_BIND_SERVICE')",
);
const escalation = eachContainer(() => '!c.?securityContext.?allowPrivilegeEscalation.orValue(true)');

/** No field is false, and the pod or each container says true. */
const nonRoot = both(
  eachContext((context) => `${context}.?runAsNonRoot.orValue(true)`),
  (pod) =>
    `${pod}.spec.?securityContext.?runAsNonRoot.orValue(false) || ${containersOf(pod)}.all(c, c.?securityContext.?runAsNonRoot.orValue(false))`,
);
const notRoot = eachContext((context) => `${context}.?runAsUser.orValue(1) != 0`);

const HANDLERS = ['?livenessProbe', '?readinessProbe', '?startupProbe', '?lifecycle.?postStart', '?lifecycle.?preStop'];
const hostProbes = eachContainer(() =>
  HANDLERS.flatMap((handler) =>
    ['httpGet', 'tcpSocket'].map((action) => `c.${handler}.?${action}.?host.orValue('') == ''`),
  ).join(' && '),
);

/** By the id of the check; each list in the order of versions. */
export const STANDARDS: Readonly<Record<string, readonly StandardTerm[]>> = {
  allowPrivilegeEscalation: [
    { since: '1.8', term: escalation },
    { since: '1.25', term: unless(isWindows, escalation) },
  ],
  appArmorProfile: [
    {
      since: '1.0',
      term: both(
        eachContext((context) => confined(`${context}.?appArmorProfile`)),
        appArmorAnnotations,
      ),
    },
  ],
  capabilities_baseline: [
    {
      since: '1.0',
      term: eachContainer(
        () => `c.?securityContext.?capabilities.?add.orValue([]).all(a, a in ${literal([...BASELINE_CAPABILITIES])})`,
      ),
    },
  ],
  capabilities_restricted: [
    { since: '1.22', term: capabilities },
    { since: '1.25', term: unless(isWindows, capabilities) },
  ],
  hostNamespaces: [
    {
      since: '1.0',
      term: (pod) =>
        ['hostNetwork', 'hostPID', 'hostIPC'].map((field) => `!${pod}.spec.?${field}.orValue(false)`).join(' && '),
    },
  ],
  hostPathVolumes: [{ since: '1.0', term: (pod) => `${pod}.spec.?volumes.orValue([]).all(v, !has(v.hostPath))` }],
  hostPorts: [{ since: '1.0', term: eachContainer(() => 'c.?ports.orValue([]).all(p, p.?hostPort.orValue(0) == 0)') }],
  hostProbesAndHostLifecycle: [{ since: '1.34', term: hostProbes }],
  privileged: [{ since: '1.0', term: eachContainer(() => '!c.?securityContext.?privileged.orValue(false)') }],
  procMount: [
    { since: '1.0', term: procMount },
    { since: '1.35', term: unless(inUserNamespace, procMount) },
  ],
  procMount_restricted: [{ since: '1.35', term: procMount }],
  restrictedVolumes: [
    {
      since: '1.0',
      term: (pod) =>
        `${pod}.spec.?volumes.orValue([]).all(v, ${RESTRICTED_VOLUME_TYPES.map((type) => `has(v.${type})`).join(' || ')})`,
    },
  ],
  runAsNonRoot: [
    { since: '1.0', term: nonRoot },
    { since: '1.35', term: unless(inUserNamespace, nonRoot) },
  ],
  runAsUser: [
    { since: '1.23', term: notRoot },
    { since: '1.35', term: unless(inUserNamespace, notRoot) },
  ],
  seLinuxOptions: [
    { since: '1.0', term: seLinux(SELINUX_TYPES_1_0) },
    { since: '1.31', term: seLinux(SELINUX_TYPES_1_31) },
  ],
  seccompProfile_baseline: [
    { since: '1.0', term: seccompAnnotations },
    { since: '1.19', term: seccompFields },
  ],
  seccompProfile_restricted: [
    { since: '1.19', term: seccompRequired },
    { since: '1.25', term: unless(isWindows, seccompRequired) },
  ],
  sysctls,
  windowsHostProcess: [
    { since: '1.0', term: eachContext((context) => `!${context}.?windowsOptions.?hostProcess.orValue(false)`) },
  ],
};

/** The rule of a check at a version; undefined where there is none. */
export function standardTerm(check: string, version: string): Term | undefined {
  const minor = version === 'latest' ? Infinity : Number(version.replace('v1.', ''));
  return STANDARDS[check]?.findLast(({ since }) => Number(since.slice(2)) <= minor)?.term;
}
