// `validate.podSecurity` of Kyverno, and what it excludes. Source: api/kyverno/v1/rule_types.go, pkg/pss/utils/mapping.go.
import { type JsonObject, ownField, stringField } from '../../../model/json.ts';
import { checksAt, LEVELS, parseVersion } from '../../../pod-security/standard.ts';
import { imagePattern } from '../image-patterns.ts';
import type { Import, Keys } from '../imported.ts';
import { objectsAt, textsIn } from '../matching.ts';
import type { ImportedObject } from '../source.ts';
import type { Rule } from './rule.ts';

/** The checks behind the names that the Standards give their controls, and whether containers have the fields. */
const CONTROLS: Readonly<
  Record<string, { readonly checks: readonly string[]; readonly of: 'pod' | 'containers' | 'both' }>
> = {
  HostProcess: { checks: ['windowsHostProcess'], of: 'both' },
  'Host Namespaces': { checks: ['hostNamespaces'], of: 'pod' },
  'Privileged Containers': { checks: ['privileged'], of: 'containers' },
  Capabilities: { checks: ['capabilities_baseline', 'capabilities_restricted'], of: 'containers' },
  'HostPath Volumes': { checks: ['hostPathVolumes'], of: 'pod' },
  'Host Ports': { checks: ['hostPorts'], of: 'containers' },
  AppArmor: { checks: ['appArmorProfile'], of: 'both' },
  SELinux: { checks: ['seLinuxOptions'], of: 'both' },
  '/proc Mount Type': { checks: ['procMount', 'procMount_restricted'], of: 'containers' },
  Seccomp: { checks: ['seccompProfile_baseline', 'seccompProfile_restricted'], of: 'both' },
  Sysctls: { checks: ['sysctls'], of: 'pod' },
  'Volume Types': { checks: ['restrictedVolumes'], of: 'pod' },
  'Privilege Escalation': { checks: ['allowPrivilegeEscalation'], of: 'containers' },
  'Running as Non-root': { checks: ['runAsNonRoot'], of: 'both' },
  'Running as Non-root user': { checks: ['runAsUser'], of: 'both' },
};

/** The part of a policy's spec that judges as the rule does; undefined where it judges nothing. */
export function podSecurityRule({ policy, rule, keys, name }: Rule, into: Import): JsonObject | undefined {
  const given = ownField(ownField(rule, 'validate'), 'podSecurity');
  const at = [...keys, 'validate', 'podSecurity'];
  const level = LEVELS.find((one) => one === stringField(given, 'level'));
  if (level === undefined || level === 'privileged') {
    const why =
      level === undefined ? 'not a level of the Pod Security Standards' : 'the level privileged asks for nothing';
    into.leaveOut(policy, [...at, 'level'], why, level === undefined ? 'laxer' : 'none');
    return undefined;
  }
  const text = stringField(given, 'version') ?? 'latest';
  const version = parseVersion(text) ?? parseVersion(`v${text}`);
  if (version === undefined) {
    into.leaveOut(policy, [...at, 'version'], 'not a version of Kubernetes: the latest is taken', 'stricter');
  }
  const used = { level, version: version ?? ('latest' as const) };
  const known = new Set(checksAt(used.level, used.version).map(({ id }) => id));
  const checks = excluded(policy, ownField(given, 'exclude'), [...at, 'exclude'], `excluded in rule ${name}`, into);
  const inForce = Object.fromEntries(Object.entries(checks).filter(([check]) => known.has(check)));
  return { podSecurity: used, ...(Object.keys(inForce).length > 0 && { checks: inForce }) };
}

interface Exclusion {
  readonly control: string;
  readonly images: readonly string[] | undefined;
  readonly keys: Keys;
}

/** What a list of `exclude` (or `podSecurity` of a PolicyException) takes out, as `checks` of a policy has it. */
export function excluded(
  one: ImportedObject,
  list: unknown,
  keys: Keys,
  reason: string,
  into: Import,
): Readonly<Record<string, JsonObject>> {
  const exclusions: Exclusion[] = [];
  const except = new Map<string, JsonObject[]>();
  const add = (control: string, entry: JsonObject): void => {
    for (const check of CONTROLS[control]?.checks ?? []) except.set(check, [...(except.get(check) ?? []), entry]);
  };
  for (const [exclusion, index] of objectsAt(list)) {
    const at = [...keys, index];
    const control = stringField(exclusion, 'controlName') ?? '';
    const images = ownField(exclusion, 'images') === undefined ? undefined : textsIn(ownField(exclusion, 'images'));
    if (!Object.hasOwn(CONTROLS, control)) {
      into.leaveOut(
        one,
        [...at, 'controlName'],
        `${JSON.stringify(control)} is not a control of the Standards`,
        'none',
      );
    } else if (ownField(exclusion, 'restrictedField') !== undefined) {
      const values = textsIn(ownField(exclusion, 'values'));
      if (control === 'Sysctls' && values.length > 0 && values.every((value) => !/[*?]/.test(value))) {
        add(control, { images: ['**'], values, reason });
      } else {
        const why = `not excluded: an exception from a check is for every field that it looks at (see checks.${CONTROLS[control]?.checks.at(-1)}.except, with images and values)`;
        into.leaveOut(one, [...at, 'restrictedField'], why, 'stricter');
      }
    } else exclusions.push({ control, images, keys: at });
  }
  for (const exclusion of exclusions) {
    const { control, images } = exclusion;
    const { of } = CONTROLS[control] ?? { of: 'pod' };
    if (images === undefined && of === 'pod') add(control, { images: ['**'], reason });
    else if (images === undefined && of === 'both') aboutPodAlone(exclusion);
    else if (images === undefined) into.leaveOut(one, exclusion.keys, 'without images it excludes nothing', 'none');
    else aboutImages(exclusion, images, of);
  }
  return Object.fromEntries([...except].map(([check, entries]) => [check, { except: entries }]));

  function aboutPodAlone({ control, keys: at }: Exclusion): void {
    if (exclusions.some((other) => other.control === control && other.images !== undefined)) return;
    const why = 'not excluded: an exception for what stands in the pod as a whole needs the images of its containers';
    into.leaveOut(one, at, why, 'stricter');
  }

  function aboutImages({ control, keys: at }: Exclusion, patterns: readonly string[], of: string): void {
    const images: string[] = [];
    for (const [index, pattern] of patterns.entries()) {
      const image = imagePattern(pattern);
      if (image !== undefined) images.push(image);
      else
        into.leaveOut(
          one,
          [...at, 'images', index],
          'not excluded: no pattern for repositories matches the same',
          'stricter',
        );
    }
    if (images.length > 0) add(control, { images: [...new Set(images)], reason });
    const isAlone = !exclusions.some((other) => other.control === control && other.images === undefined);
    if (of === 'both' && isAlone && images.length > 0) {
      const why = 'where all containers have such images, what stands in the pod as a whole is excluded as well';
      into.leaveOut(one, [...at, 'images'], why, 'laxer');
    }
  }
}
