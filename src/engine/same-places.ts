// Fields of two versions of a template that are the same one, wherever their containers stand in the lists.
import { canonicalContainer } from '../grants/canonical.ts';
import { CONTAINER_LISTS, type ContainerList } from '../kubernetes/containers.ts';
import { knownFields } from '../kubernetes/known-fields.ts';
import type { PodTemplate } from '../kubernetes/pod.ts';
import type { Violation } from '../model/finding.ts';
import { isJsonObject, type JsonObject, sameJson, stringField } from '../model/json.ts';
import { sameSpec } from './same-spec.ts';

/** Fields of containers that are not compared: code and amounts, and what is a violation of its own where it is wrong. */
const NOT_COMPARED = ['image', 'imagePullPolicy', 'resources', 'securityContext'] as const;

/**
 * The place of a violation in a template, with the name of its container instead of the index:
 * `spec.containers["web"].image`. In a list of texts, such as the capabilities that are added, the value says which one is meant.
 */
export function placesIn(template: PodTemplate): (violation: Violation) => string {
  const named = new NamedContainers(template);
  return ({ path, container, value, inObject }) => {
    if (inObject) return `object ${path}`;
    const at = containerPlace(path);
    if (!at) return path;
    const name = container ?? named.nameAt(at);
    // Names that are not unique tell no containers apart.
    const unique = name !== undefined && named.only(at.list, name) !== undefined;
    const field = typeof value === 'string' ? at.field.replace(/\[\d+\]$/, '[]') : at.field;
    return `spec.${at.list}[${unique ? `"${name}"` : at.index}]${field}`;
  };
}

/**
 * True for violations in what an edit has left as it was: the container they are in but for its image, resources and
 * security context, and the pod but for its containers and security context. A container that is new is not.
 */
export function samePlaces(before: PodTemplate, after: PodTemplate): (violation: Violation) => boolean {
  const sameRest = sameSpec(restOf(before), restOf(after));
  const olds = new NamedContainers(before);
  const news = new NamedContainers(after);
  const same = new Map<JsonObject, boolean>();
  return ({ path, container }) => {
    if (!sameRest || path.startsWith('metadata.')) return false;
    const at = containerPlace(path);
    if (!at) return true;
    const name = container ?? news.nameAt(at);
    if (name === undefined) return false;
    const old = olds.only(at.list, name);
    const now = news.only(at.list, name);
    if (!old || !now) return false;
    const known = same.get(now);
    if (known !== undefined) return known;
    const unchanged = sameContainer(old, now, at.list);
    same.set(now, unchanged);
    return unchanged;
  };
}

/** True for violations in containers that have the image they had; of the pod where all containers have. */
export function sameImages(before: PodTemplate, after: PodTemplate): (violation: Violation) => boolean {
  const olds = imagesIn(before);
  const news = imagesIn(after);
  let all: boolean | undefined;
  return ({ container }) => {
    if (container !== undefined) return olds.has(container) && olds.get(container) === news.get(container);
    all ??= [...news].every(([name, image]) => olds.get(name) === image);
    return all;
  };
}

/** By name; of containers that share one the images of all. */
function imagesIn(template: PodTemplate): ReadonlyMap<string, string> {
  const images = new Map<string, string>();
  for (const list of CONTAINER_LISTS) {
    for (const { name, image } of template.spec?.[list] ?? []) {
      const known = images.get(name ?? '');
      images.set(name ?? '', `${known === undefined ? '' : `${known}\n`}${list} ${image ?? ''}`);
    }
  }
  return images;
}

/** The containers of a template by their names, read once: there can be thousands of violations in thousands of containers. */
class NamedContainers {
  readonly #template: PodTemplate;
  readonly #lists = new Map<ContainerList, ReadonlyMap<string, JsonObject | undefined>>();

  constructor(template: PodTemplate) {
    this.#template = template;
  }

  nameAt({ list, index }: { readonly list: ContainerList; readonly index: number }): string | undefined {
    return stringField(this.#template.spec?.[list]?.[index], 'name');
  }

  /** The container with this name; undefined where there is none, or more than one. */
  only(list: ContainerList, name: string): JsonObject | undefined {
    let named = this.#lists.get(list);
    if (named === undefined) {
      named = namesOf(this.#template.spec?.[list] ?? []);
      this.#lists.set(list, named);
    }
    return named.get(name);
  }
}

function namesOf(members: readonly unknown[]): ReadonlyMap<string, JsonObject | undefined> {
  const named = new Map<string, JsonObject | undefined>();
  for (const member of members) {
    const name = stringField(member, 'name');
    if (name !== undefined && isJsonObject(member)) named.set(name, named.has(name) ? undefined : member);
  }
  return named;
}

function sameContainer(old: JsonObject, now: JsonObject, list: ContainerList): boolean {
  const before = comparedFields(old);
  const after = comparedFields(now);
  return sameJson(before, after) || sameJson(stored(before, list), stored(after, list));
}

function comparedFields(container: JsonObject): JsonObject {
  const { ...rest } = container;
  for (const field of NOT_COMPARED) Reflect.deleteProperty(rest, field);
  return rest;
}

/** As the API server stores it: with its defaults, and without fields that Kubernetes does not have. */
function stored(container: JsonObject, list: ContainerList): JsonObject {
  const type = list === 'ephemeralContainers' ? 'EphemeralContainer' : 'Container';
  return comparedFields(canonicalContainer(knownFields(container, type)));
}

function restOf(template: PodTemplate): JsonObject {
  const rest: Record<string, unknown> = { ...template.spec };
  for (const list of CONTAINER_LISTS) delete rest[list];
  delete rest.securityContext;
  return knownFields(rest, 'PodSpec');
}

function containerPlace(path: string): { list: ContainerList; index: number; field: string } | undefined {
  const match = /^spec\.(\w+)\[(\d+)\](.*)$/s.exec(path);
  const list = CONTAINER_LISTS.find((one) => one === match?.[1]);
  return list && match ? { list, index: Number(match[2]), field: match[3] ?? '' } : undefined;
}
