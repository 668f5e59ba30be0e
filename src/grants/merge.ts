// Merges an implementation of a class into a pod template, as a strategic merge patch does: containers, volumes and variables
// by name, mounts by path. A part that is already there and equal stays as it is; one that differs is a conflict.
import { type ContainerRef, containerPath, type PodView, viewOf } from '../kubernetes/containers.ts';
import type { Container, PodSpec, PodTemplate, Volume } from '../kubernetes/pod.ts';
import type { Failure } from '../model/finding.ts';
import { isJsonObject, type JsonObject, ownField, stringField } from '../model/json.ts';
import { containersAnnotation } from '../model/names.ts';
import { type Chosen, choiceMatters, chooseContainers } from './chosen.ts';
import type { Implementation } from './class.ts';
import { classContainerDifference, mountsShared, pathOf } from './class-container.ts';
import { type ConflictCode, conflict, conflictInWords } from './conflict.ts';
import { type Difference, valueDifference, variableDifference, volumeDifference } from './difference.ts';
import { mergeFields } from './fields.ts';
import { withLimits } from './limits.ts';
import { quoteShort } from './quote.ts';
import { sharedMounts } from './shared-mounts.ts';

/** A template with an implementation merged in. */
export interface Merged {
  /** The template with the missing parts added; the same reference where none were. Only to be used without conflicts. */
  readonly template: PodTemplate;
  /** What was missing, in words. */
  readonly added: readonly string[];
  /** Parts of the pod that have the name of a part of the class and differ from it. */
  readonly conflicts: readonly Failure[];
  /** The workload's own containers that get what the class grants, by name. */
  readonly chosen: ReadonlySet<string>;
  /** The containers before the first of these that were passed over, since other webhooks are known to put them there. */
  readonly passedOver: readonly string[];
}

/** The class that is merged, and which containers belong to classes. */
export interface MergeContext {
  readonly className: string;
  /** The names of the containers that belong to some class the pod is granted. */
  readonly classContainers: ReadonlySet<string>;
  /** Likewise of volumes. */
  readonly classVolumes: ReadonlySet<string>;
}

/** Adds the parts of an implementation to a template. Pure; merging twice changes nothing the second time. */
export function mergeImplementation(
  template: PodTemplate,
  implementation: Implementation,
  context: MergeContext,
): Merged {
  const merging = new Merging(template, implementation, context);
  const { template: wanted, grant } = implementation;
  merging.containers('initContainers', wanted.initContainers);
  merging.containers('containers', wanted.containers);
  merging.volumes(wanted.volumes);
  merging.podFields(wanted.podFields);
  merging.metadata('annotations', wanted.annotations);
  merging.metadata('labels', wanted.labels);
  merging.grant(grant);
  return merging.result();
}

class Merging {
  #template: PodTemplate;
  readonly #view: PodView;
  readonly #context: MergeContext;
  readonly #added: string[] = [];
  readonly #conflicts: Failure[] = [];
  readonly #implementation: Implementation;
  /** The workload's own containers that are given the class. */
  readonly #chosen: Chosen;

  constructor(template: PodTemplate, implementation: Implementation, context: MergeContext) {
    this.#template = template;
    this.#view = viewOf(template);
    this.#context = context;
    this.#implementation = implementation;
    this.#chosen = chooseContainers(this.#view, context.className, implementation.grant, context.classContainers);
  }

  result(): Merged {
    return {
      template: this.#template,
      added: this.#added,
      conflicts: this.#conflicts,
      chosen: new Set(this.#chosen.ok ? this.#chosen.containers.map(({ name }) => name) : []),
      passedOver: this.#chosen.ok ? this.#chosen.passedOver : [],
    };
  }

  /** Init containers go first, in the order of the class; containers last. */
  containers(list: 'initContainers' | 'containers', wanted: readonly JsonObject[]): void {
    const members: Container[] = [...(this.#template.spec?.[list] ?? [])];
    let place = list === 'initContainers' ? 0 : members.length;
    let changed = false;
    for (const container of wanted) {
      const name = stringField(container, 'name') ?? '';
      const [found, other] = this.#view.containers.filter((ref) => ref.name === name);
      const shared = this.#sharedWith(name, container);
      if (found === undefined) {
        members.splice(place, 0, withMounts(container, shared));
        place++;
        changed = true;
        this.#added.push(`${list} ${quoteShort(name)}`);
      } else if (other !== undefined || found.list !== list) {
        this.#misplaced(name, other ?? found);
      } else {
        const { spec } = this.#view;
        const differs = classContainerDifference(container, { ...found.container }, this.#implementation, spec, shared);
        const lacking = this.#lacking(found.container, shared);
        if (lacking.length > 0) {
          members[members.indexOf(found.container)] = withMounts({ ...found.container }, lacking);
          changed = true;
        }
        if (differs) this.#conflict('capability_container_name_conflict', name, containerAt(found), differs);
        if (list === 'initContainers') place = members.findIndex((member) => member.name === name) + 1;
      }
    }
    if (changed) this.#setSpec({ [list]: members });
  }

  /** What the container mounts of the workload's volumes; never said to be missing, since it can be added later. */
  #sharedWith(name: string, container: JsonObject): readonly JsonObject[] {
    const { sharedMounts: sharing } = this.#implementation;
    if (!sharing?.containers.has(name) || !this.#chosen.ok) return NO_MOUNTS;
    return sharedMounts(sharing, container, this.#chosen.containers, this.#view.spec, this.#context.classVolumes);
  }

  #lacking(container: Container, shared: readonly JsonObject[]): readonly JsonObject[] {
    if (shared.length === 0) return shared;
    const there = new Set([...mountsShared({ ...container }, shared)].map(pathOf));
    return shared.filter((one) => !there.has(pathOf(one)));
  }

  volumes(wanted: readonly JsonObject[]): void {
    const present: readonly Volume[] = this.#template.spec?.volumes ?? [];
    const missing: JsonObject[] = [];
    for (const volume of wanted) {
      const name = stringField(volume, 'name') ?? '';
      const index = present.findIndex((candidate) => candidate.name === name);
      const place = { path: `spec.volumes[${index}]` };
      if (index === -1) {
        missing.push(volume);
        this.#added.push(`volume ${quoteShort(name)}`);
        continue;
      }
      const twice = present.findLastIndex((candidate) => candidate.name === name) !== index;
      const differs = volumeDifference(volume, present[index]);
      if (twice) {
        const detail = 'several volumes have this name';
        this.#conflicts.push(conflictInWords('capability_volume_name_conflict', name, place, { detail }));
      } else if (differs) this.#conflict('capability_volume_name_conflict', name, place, differs);
    }
    if (missing.length > 0) this.#setSpec({ volumes: [...present, ...missing] });
  }

  podFields(wanted: JsonObject): void {
    const spec = this.#template.spec ?? {};
    const { value, added, conflicts } = mergeFields(spec, wanted);
    for (const path of added) this.#added.push(`spec.${path}`);
    for (const differs of conflicts) {
      const whole = { ...differs, path: '' };
      this.#conflict('capability_field_conflict', `spec.${differs.path}`, { path: `spec.${differs.path}` }, whole);
    }
    if (value !== undefined && value !== spec) this.#setSpec(value);
  }

  metadata(kind: 'annotations' | 'labels', wanted: JsonObject): void {
    for (const [key, text] of Object.entries(wanted)) {
      const found = ownField(this.#template.metadata?.[kind], key);
      if (found === undefined || found === null) this.#setMetadata(kind, key, String(text));
      else if (found !== text) {
        const place = { path: `metadata.${kind}[${key}]` };
        this.#conflict('capability_field_conflict', place.path, place, { path: '', expected: text, actual: found });
      }
    }
  }

  /** Gives the chosen containers of the workload itself what the class grants. */
  grant(grant: Implementation['grant']): void {
    const { className } = this.#context;
    const chosen = this.#chosen;
    if (!chosen.ok) {
      const path = `metadata.annotations[${containersAnnotation(className)}]`;
      this.#conflicts.push(conflictInWords('capability_field_conflict', path, { path }, { detail: chosen.problem }));
      return;
    }
    for (const ref of chosen.containers) this.#grantTo(ref, grant);
    const [first] = chosen.containers;
    // Another webhook may later put a container of its own first: writing the name down keeps the choice.
    if (chosen.first && first && choiceMatters(grant)) {
      this.#setMetadata('annotations', containersAnnotation(className), first.name);
    }
  }

  #grantTo(ref: ContainerRef, grant: Implementation['grant']): void {
    let container: JsonObject = { ...ref.container };
    const before = this.#added.length;
    for (const [field, key, code] of KEYED) {
      const present = ownField(container, field);
      const list: unknown[] = Array.isArray(present) ? present : [];
      const missing: JsonObject[] = [];
      for (const wanted of grant[field]) {
        const name = stringField(wanted, key) ?? '';
        const index = list.findIndex((member) => ownField(member, key) === name);
        if (index === -1) {
          missing.push(wanted);
          this.#added.push(
            `${key === 'name' ? 'env' : field} ${quoteShort(name)} of container ${quoteShort(ref.name)}`,
          );
          continue;
        }
        const differs =
          field === 'env'
            ? variableDifference(wanted, list[index])
            : valueDifference(withoutFalse(wanted), withoutFalse(list[index]));
        if (differs) this.#conflict(code, name, containerAt(ref, `${field}[${index}]`), differs);
      }
      if (missing.length > 0) container = { ...container, [field]: [...list, ...missing] };
    }
    const security = ownField(container, 'securityContext');
    const { addCapabilities, securityContext } = grant;
    const wanted =
      addCapabilities.length === 0 ? securityContext : { ...securityContext, capabilities: { add: addCapabilities } };
    const merged = mergeFields(security, wanted);
    for (const path of merged.added) this.#added.push(`securityContext.${path} of container ${quoteShort(ref.name)}`);
    for (const differs of merged.conflicts) {
      const at = containerAt(ref, `securityContext.${differs.path}`);
      this.#conflict('capability_field_conflict', at.path, at, { ...differs, path: '' });
    }
    if (merged.value !== undefined && merged.value !== security)
      container = { ...container, securityContext: merged.value };
    const limited = withLimits(container, grant.limits);
    for (const resource of limited.added)
      this.#added.push(`limit ${quoteShort(resource)} of container ${quoteShort(ref.name)}`);
    for (const differs of limited.conflicts) {
      const at = containerAt(ref, differs.path);
      this.#conflict('capability_field_conflict', at.path, at, { ...differs, path: '' });
    }
    if (limited.added.length > 0) container = { ...container, resources: limited.resources };
    if (this.#added.length > before) this.#replace(ref, container);
  }

  #replace(ref: ContainerRef, container: Container): void {
    const members = this.#template.spec?.[ref.list] ?? [];
    this.#setSpec({ [ref.list]: members.map((member) => (member === ref.container ? container : member)) });
  }

  #misplaced(name: string, ref: ContainerRef): void {
    const detail = `${ref.list} has a container of this name, which belongs to class ${quoteShort(this.#context.className)}`;
    this.#conflicts.push(conflictInWords('capability_container_name_conflict', name, containerAt(ref), { detail }));
  }

  #conflict(code: ConflictCode, name: string, place: { path: string; container?: string }, differs: Difference): void {
    this.#conflicts.push(conflict(code, name, this.#context.className, place, differs));
  }

  #setSpec(fields: Partial<PodSpec>): void {
    this.#template = { ...this.#template, spec: { ...this.#template.spec, ...fields } };
  }

  #setMetadata(kind: 'annotations' | 'labels', key: string, text: string): void {
    const { metadata } = this.#template;
    this.#template = { ...this.#template, metadata: { ...metadata, [kind]: { ...metadata?.[kind], [key]: text } } };
    this.#added.push(`metadata.${kind}[${key}]`);
  }
}

const NO_MOUNTS: readonly JsonObject[] = Object.freeze([]);

function withMounts(container: JsonObject, mounts: readonly JsonObject[]): JsonObject {
  if (mounts.length === 0) return container;
  const own = ownField(container, 'volumeMounts');
  return { ...container, volumeMounts: [...(Array.isArray(own) ? (own as readonly unknown[]) : []), ...mounts] };
}

/** The lists of a container that a grant adds to, and what tells their members apart. */
const KEYED = [
  ['env', 'name', 'capability_env_conflict'],
  ['volumeMounts', 'mountPath', 'capability_mount_conflict'],
  ['volumeDevices', 'devicePath', 'capability_mount_conflict'],
] as const;

function containerAt(ref: ContainerRef, field?: string): { path: string; container: string } {
  const path = field === undefined ? `spec.${ref.list}[${ref.index}]` : containerPath(ref, field);
  return { path, container: ref.name };
}

/** The API server does not store `readOnly: false`. */
function withoutFalse(member: unknown): unknown {
  if (!isJsonObject(member) || member.readOnly !== false) return member;
  const { readOnly: _, ...rest } = member;
  return rest;
}
