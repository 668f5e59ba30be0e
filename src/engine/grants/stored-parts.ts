// What a stored object holds of a class that has changed since, or that it does not ask for any more: taken out again when the
// object is written, so that an upgrade of a class locks nobody out.
import type { CapabilityClass, Implementation } from '../../grants/class.ts';
import { classContainerDifference } from '../../grants/class-container.ts';
import { type Difference, valueDifference, variableDifference, volumeDifference } from '../../grants/difference.ts';
import { quoteAscii } from '../../grants/quote.ts';
import { requestedClasses } from '../../grants/request.ts';
import { sharedMounts } from '../../grants/shared-mounts.ts';
import { viewOf } from '../../kubernetes/containers.ts';
import type { Container, PodSpec, PodTemplate } from '../../kubernetes/pod.ts';
import { type JsonObject, sameJson, stringField } from '../../model/json.ts';
import type { Policy } from '../../policy/policy.ts';
import type { GrantContext, Grants } from './grants.ts';

/** A template without what it stored of classes, and what was taken out. */
export interface Renewed {
  /** The same reference as came in where nothing was taken out. */
  readonly template: PodTemplate;
  /** A sentence for each class of which something was taken out. */
  readonly warnings: readonly string[];
}

const UNCHANGED: readonly string[] = Object.freeze([]);

/** The names of the classes that a stored template asked for and that some of the policies lists. */
function classesOnceAsked(old: PodTemplate, policies: readonly Policy[]): readonly string[] {
  const { names } = requestedClasses(old.metadata?.annotations);
  return names.filter((name) => policies.some(({ capabilities }) => capabilities.some((ref) => ref.name === name)));
}

/**
 * Takes out of a stored template the parts of classes that it was once granted and that are not those of the class any more.
 * Only what stands under a class's names and what this update leaves as it is stored: a container of somebody's own under
 * such a name was refused when the object was created, and one that comes with this update is refused now.
 * @param old the template as it is stored
 */
export function withoutOldParts(
  template: PodTemplate,
  old: PodTemplate,
  policies: readonly Policy[],
  { gate, outside }: GrantContext,
): Renewed {
  const names = classesOnceAsked(old, policies);
  if (names.length === 0) return { template, warnings: UNCHANGED };
  const asked = new Set([...outside.names, ...requestedClasses(template.metadata?.annotations).names]);
  const warnings: string[] = [];
  let current = template;
  for (const name of names) {
    const capability = gate.policies.classes.get(name);
    if (!capability) continue;
    const removing = new Removing(current, old, capability, asked.has(name));
    const after = removing.result();
    if (after === current) continue;
    current = after;
    const why = asked.has(name) ? 'the class has changed since' : 'it is not asked for any more';
    warnings.push(`took what was stored of class ${quoteAscii(name)} out (${removing.taken.join(', ')}), since ${why}`);
  }
  return { template: current, warnings };
}

/**
 * A sentence for each class that goes into the pods of a stored object and of which the object holds parts as well: it is let
 * through while they are the class's, and refused when the class changes.
 */
export function partsHeld(template: PodTemplate, policies: readonly Policy[], { granted }: Grants): readonly string[] {
  const warnings: string[] = [];
  for (const { name, implementation } of granted) {
    if (policies.some(({ capabilities }) => capabilities.some((ref) => ref.name === name && ref.into === 'Object')))
      continue;
    const { containerNames, volumeNames } = implementation.template;
    const { initContainers, containers, volumes } = template.spec ?? {};
    const held = [
      ...[...(initContainers ?? []), ...(containers ?? [])].filter((one) => containerNames.has(one.name ?? '')),
      ...(volumes ?? []).filter((one) => volumeNames.has(one.name ?? '')),
    ].map((one) => quoteAscii(one.name ?? ''));
    if (held.length === 0) continue;
    warnings.push(
      `${held.join(', ')} of class ${quoteAscii(name)}: pods are given these by the class (leave them out here, or pods are refused once the class changes)`,
    );
  }
  return warnings;
}

class Removing {
  readonly taken: string[] = [];
  readonly #template: PodTemplate;
  readonly #old: PodTemplate;
  readonly #implementations: readonly Implementation[];
  /** False where every part goes; true where those stay that the class still has. */
  readonly #asked: boolean;

  constructor(template: PodTemplate, old: PodTemplate, { implementations }: CapabilityClass, asked: boolean) {
    this.#template = template;
    this.#old = old;
    this.#implementations = implementations;
    this.#asked = asked;
  }

  result(): PodTemplate {
    const spec = this.#template.spec ?? {};
    const fields: Record<string, unknown> = {};
    const volumes = this.#without(spec.volumes, this.#old.spec?.volumes, 'volume', ({ template }) => [
      template.volumes,
      volumeDifference,
    ]);
    if (volumes !== spec.volumes) fields.volumes = volumes;
    for (const list of ['initContainers', 'containers'] as const) {
      const kept = this.#without(spec[list], this.#old.spec?.[list], list, ({ template }) => [
        template[list],
        (wanted, found, implementation) => this.#difference(wanted, found, implementation, spec),
      ]);
      const stored = byKey(this.#old.spec?.[list], 'name');
      const own = kept?.map((container) => this.#withoutGrant(container, stored.get(container.name ?? '')));
      if (kept !== spec[list] || own?.some((container, index) => container !== kept?.[index])) fields[list] = own;
    }
    if (Object.keys(fields).length === 0) return this.#template;
    return { ...this.#template, spec: { ...spec, ...fields } };
  }

  /** The list without the members that have the name of a part of the class, are stored as they are, and have to go. */
  #without<T extends object>(
    members: readonly T[] | null | undefined,
    stored: readonly T[] | null | undefined,
    called: string,
    partsOf: (
      implementation: Implementation,
    ) => readonly [
      readonly JsonObject[],
      (wanted: JsonObject, found: JsonObject, implementation: Implementation) => Difference | undefined,
    ],
  ): readonly T[] | undefined | null {
    const storedByName = byKey(stored, 'name');
    const kept = members?.filter((member) => {
      const name = stringField(member, 'name');
      if (name === undefined || !sameJson(storedByName.get(name), member)) return true;
      let isOfClass = false;
      for (const implementation of this.#implementations) {
        const [parts, difference] = partsOf(implementation);
        for (const part of parts) {
          if (stringField(part, 'name') !== name) continue;
          if (this.#asked && difference(part, asObject(member), implementation) === undefined) return true;
          isOfClass = true;
        }
      }
      if (isOfClass) this.taken.push(`${called} ${quoteAscii(name)}`);
      return !isOfClass;
    });
    return kept?.length === members?.length ? members : kept;
  }

  #difference(
    wanted: JsonObject,
    found: JsonObject,
    implementation: Implementation,
    spec: PodSpec,
  ): Difference | undefined {
    const { sharedMounts: sharing } = implementation;
    const isSharing = sharing?.containers.has(stringField(wanted, 'name') ?? '') ?? false;
    // The mounts that it shares are renewed anyway: the container is not taken out for them alone.
    const own = viewOf(this.#template).containers.filter(({ list }) => list !== 'ephemeralContainers');
    const shared =
      isSharing && sharing ? sharedMounts(sharing, wanted, own, spec, implementation.template.volumeNames) : [];
    return classContainerDifference(wanted, found, implementation, spec, shared);
  }

  /** A container of the workload without the mounts and variables that the class gave it, where they have to go. */
  #withoutGrant(container: Container, stored: Container | undefined): Container {
    const isOfClass = this.#implementations.some(({ template }) => template.containerNames.has(container.name ?? ''));
    if (!stored || isOfClass) return container;
    const at = `of container ${quoteAscii(container.name ?? '')}`;
    let result: Container = container;
    for (const [field, key] of MOUNTS) {
      const members: readonly object[] = container[field] ?? [];
      const before = byKey<object>(stored[field], key);
      const isStored = (mount: object): boolean => sameJson(before.get(stringField(mount, key) ?? ''), mount);
      const kept = members.filter((mount) => !this.#isOldMount(field, mount) || !isStored(mount));
      if (kept.length === members.length) continue;
      result = { ...result, [field]: kept };
      this.taken.push(`${field} ${at}`);
    }
    // A variable of this name may be the workload's own where it has another value, and then it is left to be judged.
    const env = container.env ?? [];
    const before = byKey(stored.env, 'name');
    const kept = this.#asked
      ? env
      : env.filter((one) => !sameJson(before.get(one.name ?? ''), one) || !this.#grants(one));
    if (kept.length === env.length) return result;
    this.taken.push(`env ${at}`);
    return { ...result, env: kept };
  }

  /** True for a mount of one of the class's volumes that the class does not grant as it is. */
  #isOldMount(field: 'volumeMounts' | 'volumeDevices', mount: object): boolean {
    const volume = stringField(mount, 'name') ?? '';
    if (!this.#implementations.some(({ template }) => template.volumeNames.has(volume))) return false;
    if (!this.#asked) return true;
    return !this.#implementations.some(({ grant }) =>
      grant[field].some((wanted) => valueDifference(wanted, mount) === undefined),
    );
  }

  #grants(variable: object): boolean {
    return this.#implementations.some(({ grant }) =>
      grant.env.some((wanted) => variableDifference(wanted, variable) === undefined),
    );
  }
}

function asObject(member: object): JsonObject {
  return { ...member };
}

/** The mounts of a container, and the field that says where. */
const MOUNTS = [
  ['volumeMounts', 'mountPath'],
  ['volumeDevices', 'devicePath'],
] as const;

/** The members of a list by this field, the first of each: read once, since there can be thousands. */
function byKey<T extends object>(list: readonly T[] | null | undefined, key: string): ReadonlyMap<string, T> {
  const members = new Map<string, T>();
  for (const member of list ?? []) {
    const value = stringField(member, key) ?? '';
    if (!members.has(value)) members.set(value, member);
  }
  return members;
}
