// Fields of two versions of a template that are the same one, wherever their containers stand in the lists.
import { canonicalContainer } from '../grants/canonical.ts';
import { CONTAINER_LISTS, type ContainerList } from '../kubernetes/containers.ts';
import { knownFields } from '../kubernetes/known-fields.ts';
import type { PodTemplate } from '../kubernetes/pod.ts';
import type { Violation } from '../model/finding.ts';
import { type JsonObject, sameJson, stringField } from '../model/json.ts';
import { sameSpec } from './same-spec.ts';

/** Fields of containers that are not compared: code and amounts, and what is a violation of its own where it is wrong. */
const NOT_COMPARED = ['image', 'imagePullPolicy', 'resources', 'securityContext'] as const;

/**
 * The place of a violation, with the name of its container instead of the index: `spec.containers[web].image`. In a list of
 * texts, such as the capabilities that are added, the value says which one is meant.
 */
export function placeOf({ path, container, value, inObject }: Violation, template: PodTemplate): string {
  if (inObject) return `object ${path}`;
  const at = containerPlace(path);
  if (!at) return path;
  const members = template.spec?.[at.list] ?? [];
  const name = container ?? members[at.index]?.name;
  // Names that are not unique tell no containers apart.
  const unique = members.filter((member) => member.name === name).length === 1;
  const field = typeof value === 'string' ? at.field.replace(/\[\d+\]$/, '[]') : at.field;
  return `spec.${at.list}[${unique ? `"${name}"` : at.index}]${field}`;
}

/**
 * True for violations in what an edit has left as it was: the container they are in but for its image, resources and
 * security context, and the pod but for its containers and security context. A container that is new is not.
 */
export function samePlaces(before: PodTemplate, after: PodTemplate): (violation: Violation) => boolean {
  const sameRest = sameSpec(restOf(before), restOf(after));
  return ({ path, container }) => {
    if (!sameRest || path.startsWith('metadata.')) return false;
    const at = containerPlace(path);
    if (!at) return true;
    const name = container ?? after.spec?.[at.list]?.[at.index]?.name;
    const [old, ...others] = named(before, at.list, name);
    const [now, ...twins] = named(after, at.list, name);
    if (!old || !now || others.length + twins.length > 0) return false;
    return sameJson(comparedFields(old, at.list), comparedFields(now, at.list));
  };
}

function named(template: PodTemplate, list: ContainerList, name: string | null | undefined): readonly JsonObject[] {
  const members: readonly unknown[] = template.spec?.[list] ?? [];
  return members.filter((member): member is JsonObject => stringField(member, 'name') === name);
}

function comparedFields(container: JsonObject, list: ContainerList): JsonObject {
  const type = list === 'ephemeralContainers' ? 'EphemeralContainer' : 'Container';
  const { ...rest } = canonicalContainer(knownFields(container, type));
  for (const field of NOT_COMPARED) Reflect.deleteProperty(rest, field);
  return rest;
}

function restOf(template: PodTemplate): JsonObject {
  const rest: Record<string, unknown> = { ...knownFields({ ...template.spec }, 'PodSpec') };
  for (const list of CONTAINER_LISTS) delete rest[list];
  delete rest.securityContext;
  return rest;
}

function containerPlace(path: string): { list: ContainerList; index: number; field: string } | undefined {
  const match = /^spec\.(\w+)\[(\d+)\](.*)$/s.exec(path);
  const list = CONTAINER_LISTS.find((one) => one === match?.[1]);
  return list && match ? { list, index: Number(match[2]), field: match[3] ?? '' } : undefined;
}
