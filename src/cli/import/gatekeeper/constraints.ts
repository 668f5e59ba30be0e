// The constraints of Gatekeeper's library that are about pods: what each of them is as rules of a policy. Where a rule of ours asks
// exactly the same, it is used; elsewhere the same is asked in CEL. Source: library/pod-security-policy and library/general of
// open-policy-agent/gatekeeper-library, where each folder has the template and its Rego.

import { VOLUME_SOURCES } from '../../../kubernetes/volume-sources.ts';
import { type JsonObject, ownField } from '../../../model/json.ts';
import { APPARMOR_ANNOTATION_PREFIX } from '../../../model/names.ts';
import { anyOf, literal, matchesGlob } from '../cel-text.ts';
import { imagePattern } from '../image-patterns.ts';
import type { Effect, Keys } from '../imported.ts';
import { objectsAt, textsIn } from '../matching.ts';
import { allowedUsers, fsGroup } from './users.ts';

/** Says what of the parameters is not carried over as it was. */
export type LeaveOut = (keys: Keys, why: string, effect: Effect) => void;

/** Makes the parts of a policy's spec that judge as a constraint does; undefined where it judges nothing. */
export type Make = (parameters: JsonObject, leaveOut: LeaveOut) => JsonObject | undefined;

/** By kind. */
export const CONSTRAINTS: Readonly<Record<string, Make>> = {
  K8sPSPPrivilegedContainer: eachContainer(
    () => '!c.?securityContext.?privileged.orValue(false)',
    'containers must not be privileged',
  ),
  K8sPSPAllowPrivilegeEscalationContainer: required('allowPrivilegeEscalation', 'requiredAllowPrivilegeEscalation'),
  K8sPSPReadOnlyRootFilesystem: required('readOnlyRootFilesystem', 'requiredReadOnlyRootFilesystem'),
  K8sPSPCapabilities: capabilities,
  K8sPSPHostNamespace: () =>
    validation(
      '!object.spec.?hostPID.orValue(false) && !object.spec.?hostIPC.orValue(false)',
      'pods must not share hostPID or hostIPC',
    ),
  K8sPSPHostNetworkingPorts: hostNetworkingPorts,
  K8sPSPHostFilesystem: (parameters) => ({
    volumes: {
      hostPaths: objectsAt(ownField(parameters, 'allowedHostPaths')).map(([{ pathPrefix, readOnly }]) => ({
        path: pathPrefix,
        below: true,
        ...(readOnly === true && { readOnly }),
      })),
    },
  }),
  K8sPSPVolumeTypes: volumeTypes,
  K8sPSPFlexVolumes: (parameters) => {
    const drivers = objectsAt(ownField(parameters, 'allowedFlexVolumes')).map(([{ driver }]) => String(driver));
    const allowed = `v.?flexVolume.?driver.orValue("") in ${literal(drivers)}`;
    return validation(
      `object.spec.?volumes.orValue([]).all(v, !has(v.flexVolume) || ${allowed})`,
      `flexVolumes must be of one of these drivers: ${drivers.join(', ') || 'none'}`,
    );
  },
  K8sPSPProcMount: (parameters, leaveOut) => {
    if (String(parameters.procMount).toLowerCase() === 'unmasked') return undefined;
    const make = eachContainer(
      () => 'c.?securityContext.?procMount.orValue("Default") == "Default"',
      'procMount must be Default',
    );
    return make(parameters, leaveOut);
  },
  K8sPSPSeccompV2: seccomp,
  K8sPSPSeccomp: seccomp,
  K8sPSPSELinuxV2: seLinux,
  K8sPSPForbiddenSysctls: sysctls,
  K8sPSPAppArmor: appArmor,
  K8sPSPAllowedUsers: (parameters, leaveOut) => allowedUsers(parameters, containersOf(parameters), leaveOut),
  K8sPSPFSGroup: (parameters) => {
    const term = fsGroup(parameters);
    return term === undefined
      ? undefined
      : validation(term, `fsGroup must be as the policy says: ${JSON.stringify(parameters)}`);
  },
  K8sPSPHostProcess: eachContainer(
    () =>
      'c.?securityContext.?windowsOptions.?hostProcess.orValue(object.spec.?securityContext.?windowsOptions.?hostProcess.orValue(false)) == false',
    'containers must not be HostProcess containers',
  ),
  K8sPSPHostProbesLifecycle: () => ({ process: { hostProbes: 'Deny' } }),
  K8sAllowedRepos: eachContainer(
    ({ repos }) => anyOf(textsIn(repos).map((repo) => `c.?image.orValue("").startsWith(${literal(repo)})`)),
    'images must come from one of the allowed repositories',
  ),
  K8sDisallowedRepos: eachContainer(
    ({ repos }) =>
      `!${parenthesised(anyOf(textsIn(repos).map((repo) => `c.?image.orValue("").startsWith(${literal(repo)})`)))}`,
    'images must not come from one of these repositories',
  ),
};

function parenthesised(term: string): string {
  return term.startsWith('(') ? term : `(${term})`;
}

const ALL_CONTAINERS =
  'object.spec.?containers.orValue([]) + object.spec.?initContainers.orValue([]) + object.spec.?ephemeralContainers.orValue([])';

/** The containers that are judged: all whose image is not exempted. */
function containersOf(parameters: JsonObject): string {
  const exempt = textsIn(ownField(parameters, 'exemptImages')).map((pattern) =>
    pattern.endsWith('*')
      ? `c.?image.orValue("").startsWith(${literal(pattern.slice(0, -1))})`
      : `c.?image.orValue("") == ${literal(pattern)}`,
  );
  return exempt.length === 0
    ? `(${ALL_CONTAINERS})`
    : `(${ALL_CONTAINERS}).filter(c, !${parenthesised(anyOf(exempt))})`;
}

/** That a term holds for `c`, each container that is judged. */
function eachContainer(term: (parameters: JsonObject) => string, message: string): Make {
  return (parameters) => ({
    variables: [{ name: 'containers', expression: containersOf(parameters) }],
    validations: [
      {
        name: 'containers',
        expression: `variables.containers.all(c, ${term(parameters)})`,
        messageExpression: `${literal(`${message}: `)} + variables.containers.filter(c, !${parenthesised(term(parameters))}).map(c, c.name).join(", ")`,
        message,
      },
    ],
  });
}

function validation(expression: string, message: string): JsonObject {
  return { validations: [{ name: 'pod', expression, message }] };
}

/** Exempted images as exceptions from a check of ours. */
function exemptions(parameters: JsonObject, checks: readonly string[], leaveOut: LeaveOut): JsonObject {
  const images = textsIn(ownField(parameters, 'exemptImages')).flatMap((pattern, index) => {
    const ours = imagePattern(pattern);
    if (ours === undefined)
      leaveOut(['exemptImages', index], 'not exempted: no pattern for repositories matches the same', 'stricter');
    return ours ?? [];
  });
  if (images.length === 0) return {};
  const except = [{ images: [...new Set(images)], reason: 'exempted in the constraint' }];
  return { checks: Object.fromEntries(checks.map((check) => [check, { except }])) };
}

function required(field: string, check: string): Make {
  return (parameters, leaveOut) => ({ require: [field], ...exemptions(parameters, [check], leaveOut) });
}

function capabilities(parameters: JsonObject, leaveOut: LeaveOut): JsonObject | undefined {
  const allowed = textsIn(ownField(parameters, 'allowedCapabilities'));
  const dropped = textsIn(ownField(parameters, 'requiredDropCapabilities'));
  const linuxCapabilities = {
    ...(!allowed.includes('*') && { allowedAdd: allowed.filter((name) => !dropped.includes(name)) }),
    ...(dropped.length > 0 && { requiredDrop: dropped.map((name) => name.toUpperCase()) }),
  };
  if (Object.keys(linuxCapabilities).length === 0) return undefined;
  for (const [index, name] of allowed.entries()) {
    if (dropped.includes(name)) leaveOut(['allowedCapabilities', index], 'it must be dropped as well', 'stricter');
  }
  const checks = ['addedCapabilities', 'droppedCapabilities'].filter((check) =>
    check === 'addedCapabilities' ? 'allowedAdd' in linuxCapabilities : dropped.length > 0,
  );
  return { profiles: { linuxCapabilities }, ...exemptions(parameters, checks, leaveOut) };
}

function hostNetworkingPorts(parameters: JsonObject, leaveOut: LeaveOut): JsonObject | undefined {
  const { hostNetwork, min, max } = parameters;
  const ranged = typeof min === 'number' || typeof max === 'number';
  const [first, last] = [Math.max(1, Number(min ?? 1)), Math.min(65535, Number(max ?? 65535))];
  const network = ranged && {
    network: { hostPorts: { allowed: first > last ? [] : [`${first}-${last}`] } },
    ...exemptions(parameters, ['hostPortRanges'], leaveOut),
  };
  const own =
    hostNetwork !== true && validation('!object.spec.?hostNetwork.orValue(false)', 'pods must not use hostNetwork');
  return network || own ? { ...network, ...own } : undefined;
}

function volumeTypes(parameters: JsonObject, leaveOut: LeaveOut): JsonObject | undefined {
  const types = textsIn(ownField(parameters, 'volumes'));
  if (types.includes('*')) return undefined;
  const allowedTypes = types.filter((type, index) => {
    const isKnown = VOLUME_SOURCES.some((known) => known === type);
    if (!isKnown) leaveOut(['volumes', index], `Kubernetes has no volumes of the type ${type}`, 'none');
    return isKnown;
  });
  return { volumes: { allowedTypes: [...new Set(allowedTypes)] } };
}

/** Names of profiles as annotations had them, by those that fields have. */
const PROFILES: Readonly<Record<string, string>> = {
  'runtime/default': 'RuntimeDefault',
  'docker/default': 'RuntimeDefault',
  unconfined: 'Unconfined',
};

function seccomp(parameters: JsonObject, leaveOut: LeaveOut): JsonObject | undefined {
  const given = textsIn(ownField(parameters, 'allowedProfiles'));
  if (given.includes('*')) return undefined;
  const named = given.filter((name) => name.startsWith('localhost/')).map((name) => name.slice('localhost/'.length));
  const files = [...textsIn(ownField(parameters, 'allowedLocalhostFiles')), ...named];
  const types = [
    ...new Set(given.map((name) => PROFILES[name] ?? name).filter((name) => !name.startsWith('localhost/'))),
  ];
  const isOf = (of: string): string => {
    const type = `${of}.?type.orValue("")`;
    const file = anyOf(
      files.includes('*') ? ['true'] : files.map((name) => matchesGlob(`${of}.?localhostProfile.orValue("")`, name)),
    );
    const hasFiles = files.length > 0 && (types.includes('Localhost') || named.length > 0);
    return anyOf([
      `${type} in ${literal(types.filter((name) => name !== 'Localhost'))}`,
      ...(hasFiles ? [`(${type} == "Localhost" && ${file})`] : []),
    ]);
  };
  const none = types.some((name) => name === 'not configured' || name === 'not_configured') ? 'true' : 'false';
  const term = [
    `(has(c.securityContext) && has(c.securityContext.seccompProfile)) ? ${isOf('c.securityContext.seccompProfile')}`,
    `(has(object.spec.securityContext) && has(object.spec.securityContext.seccompProfile)) ? ${isOf('object.spec.securityContext.seccompProfile')}`,
    none,
  ].join(' : ');
  return eachContainer(() => term, `seccomp profiles must be one of ${given.join(', ')}`)(parameters, leaveOut);
}

/** The profile of the container, that of its annotation, which older manifests have, or that of the pod. */
function appArmor(parameters: JsonObject, leaveOut: LeaveOut): JsonObject | undefined {
  const given = textsIn(ownField(parameters, 'allowedProfiles'));
  const isOf = (profile: string): string =>
    anyOf(
      given.map((name) => {
        const type = `${profile}.?type.orValue("RuntimeDefault")`;
        if (!name.startsWith('localhost/')) return `${type} == ${literal(PROFILES[name] ?? name)}`;
        const file = `${profile}.?localhostProfile.orValue("") == ${literal(name.slice('localhost/'.length))}`;
        return `(${type} == "Localhost" && ${file})`;
      }),
    );
  const annotation = `object.metadata.?annotations[?(${literal(APPARMOR_ANNOTATION_PREFIX)} + c.name)]`;
  const term = [
    `c.?securityContext.?appArmorProfile.hasValue() ? ${isOf('c.?securityContext.?appArmorProfile')}`,
    `${annotation}.hasValue() ? ${annotation}.value() in ${literal(given)}`,
    isOf('object.spec.?securityContext.?appArmorProfile'),
  ].join(' : ');
  return eachContainer(() => term, `AppArmor profiles must be one of ${given.join(', ')}`)(parameters, leaveOut);
}

const SELINUX = ['level', 'role', 'type', 'user'] as const;

/** Each option that is set has to be that of one entry. */
function seLinux(parameters: JsonObject): JsonObject {
  const entries = objectsAt(ownField(parameters, 'allowedSELinuxOptions'));
  const isAllowed = (options: string): string =>
    anyOf(
      entries.map(([entry]) => {
        const fields = SELINUX.map((field) => {
          const value = entry[field];
          const unset = `${options}.?${field}.orValue("") == ""`;
          return typeof value === 'string' ? `(${unset} || ${options}.${field} == ${literal(value)})` : unset;
        });
        return `(${fields.join(' && ')})`;
      }),
    );
  const message = 'SELinux options must be one of those that the policy allows';
  return {
    validations: [
      {
        name: 'pod',
        expression: `!has(object.spec.securityContext) || !has(object.spec.securityContext.seLinuxOptions) || ${isAllowed('object.spec.securityContext.seLinuxOptions')}`,
        message,
      },
      {
        name: 'containers',
        expression: `${containersOf(parameters)}.all(c, !has(c.securityContext) || !has(c.securityContext.seLinuxOptions) || ${isAllowed('c.securityContext.seLinuxOptions')})`,
        message,
      },
    ],
  };
}

function sysctls(parameters: JsonObject): JsonObject | undefined {
  const named = (key: string): string =>
    anyOf(textsIn(ownField(parameters, key)).map((name) => matchesGlob('s.?name.orValue("")', name)));
  const terms = [
    `!${parenthesised(named('forbiddenSysctls'))}`,
    ...(ownField(parameters, 'allowedSysctls') === undefined ? [] : [named('allowedSysctls')]),
  ];
  return validation(
    `object.spec.?securityContext.?sysctls.orValue([]).all(s, ${terms.join(' && ')})`,
    'sysctls must be allowed by the policy, and not forbidden',
  );
}
