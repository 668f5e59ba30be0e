// Makes a pod template of what a partial form holds, so that the checks of pods can judge it, and remembers where in the
// object each of its fields stands, so that findings name the fields that their author wrote.
import { step } from '../kubernetes/field-path.ts';
import { MOST_ENTRIES } from '../kubernetes/template-size.ts';
import { isJsonObject, ownField, stringField } from '../model/json.ts';
import type { BoundPart, PartialForm, Target } from './form.ts';

/** A value found in an object, with the reference tokens that lead to it. */
export interface FoundValue {
  readonly tokens: readonly string[];
  readonly value: unknown;
}

/** By the path of a field in the template (`spec.containers[0]`): the reference tokens that lead to it in the object. */
export type FieldPlaces = ReadonlyMap<string, readonly string[]>;

/** What a partial form amounts to. */
export interface Assembled {
  /** A pod template, whose shape has not been checked. */
  readonly value: unknown;
  readonly places: FieldPlaces;
}

/** Values that are not taken over any more: a template with so many entries is refused. */
export const MOST_PARTS = 2 * MOST_ENTRIES;

/** How a container is called that neither the object nor the row names. */
const UNNAMED = 'main';

/** The container that the controller makes is the first one. */
const CONTAINER = 'spec.containers[0]';

/**
 * The pod template of everything that the parts of a form find; undefined where they find nothing.
 * @param find every value that is not null at the tokens below the place of the form
 */
export function assemble(
  { parts }: PartialForm,
  find: (tokens: readonly string[]) => readonly FoundValue[],
): Assembled | undefined {
  const assembly = new Assembly();
  for (const part of parts) for (const found of find(part.tokens)) assembly.put(part, found);
  return assembly.result();
}

/** A pod template while it is put together. Nothing of the object is changed: fields are taken over as they are. */
class Assembly {
  readonly #places = new Map<string, readonly string[]>();
  readonly #owners = {
    metadata: new Map<string, unknown>(),
    spec: new Map<string, unknown>(),
    container: new Map<string, unknown>(),
  };
  /** Lists that are put together here, by the field of the spec. */
  readonly #lists = new Map<string, unknown[]>();
  #entries = 0;

  put(part: BoundPart, found: FoundValue): void {
    const { target } = part;
    switch (target.of) {
      case 'template':
        if (isJsonObject(found.value)) {
          this.#fieldsOf('metadata', below(found, 'metadata'));
          this.#fieldsOf('spec', below(found, 'spec'));
        } else this.#places.set('', found.tokens);
        return;
      case 'claims':
        for (const claim of members(found)) this.#add('volumes', { ...claim, value: claimVolume(claim.value) }, CLAIM);
        return;
      case 'field':
        this.#field(target, found, part.name);
        return;
      case 'metadata':
      case 'spec':
      case 'container':
        this.#fieldsOf(target.of, found);
        if (target.of === 'container') this.#nameContainer(part.name);
    }
  }

  result(): Assembled | undefined {
    if (this.#places.size === 0) return undefined;
    const { metadata, spec, container } = this.#owners;
    const lists = Object.fromEntries(this.#lists);
    if (container.size > 0) {
      if (!container.has('name')) container.set('name', UNNAMED);
      lists.containers = [Object.fromEntries(container), ...(this.#lists.get('containers') ?? [])];
    }
    // A value of a type that holds no fields stands in the place of the whole, whose shape is then refused.
    if (this.#places.has('')) return { value: null, places: this.#places };
    const value = {
      ...(metadata.size > 0 && { metadata: Object.fromEntries(metadata) }),
      spec: { ...Object.fromEntries(spec), ...lists },
    };
    return { value, places: this.#places };
  }

  /** Takes over every field of a value that has those of metadata, of the spec or of the container. */
  #fieldsOf(owner: 'metadata' | 'spec' | 'container', found: FoundValue): void {
    const { value, tokens } = found;
    if (value === undefined || value === null) return;
    if (!isJsonObject(value)) {
      this.#places.set('', tokens);
      return;
    }
    const path = owner === 'container' ? CONTAINER : owner;
    if (!this.#places.has(path)) this.#places.set(path, tokens);
    for (const [field, member] of Object.entries(value)) {
      if (member === null) continue;
      const isList = owner === 'spec' && LISTS.has(field);
      this.#field({ of: 'field', owner, field, isList }, { tokens: [...tokens, field], value: member }, undefined);
    }
  }

  #field(target: Extract<Target, { of: 'field' }>, found: FoundValue, name: string | undefined): void {
    const { owner, field } = target;
    if (owner === 'container') this.#nameContainer(name);
    if (owner === 'spec' && target.isList) {
      for (const member of members(found)) {
        this.#add(field, name === undefined ? member : { ...member, value: named(member.value, name) });
      }
      return;
    }
    const path = `${owner === 'container' ? CONTAINER : owner}.${field}`;
    const fields = this.#owners[owner];
    const before = fields.get(field);
    if (isJsonObject(before) && isJsonObject(found.value)) {
      // Labels, say, from two places: both are the pod's.
      fields.set(field, { ...before, ...found.value });
      for (const key of Object.keys(found.value)) this.#places.set(path + step(key), [...found.tokens, key]);
      return;
    }
    fields.set(field, found.value);
    this.#places.set(path, found.tokens);
  }

  /** @param field the field of the entry that stands for the whole of it, where the entry was made of something else */
  #add(list: string, { value, tokens }: FoundValue, field = ''): void {
    // More than these are refused, however many they are.
    if (++this.#entries > MOST_PARTS) return;
    const entries = this.#lists.get(list) ?? [];
    this.#lists.set(list, entries);
    const first = list === 'containers' && this.#owners.container.size > 0 ? 1 : 0;
    const path = `spec.${list}[${first + entries.length}]`;
    this.#places.set(path, tokens);
    if (field !== '') this.#places.set(`${path}.${field}`, tokens);
    entries.push(value);
  }

  #nameContainer(name: string | undefined): void {
    if (name !== undefined && !this.#owners.container.has('name')) this.#owners.container.set('name', name);
  }
}

/** The lists of a pod's spec of which each entry has its own place in the object. */
const LISTS: ReadonlySet<string> = new Set(['containers', 'initContainers', 'ephemeralContainers', 'volumes']);

function below({ tokens, value }: FoundValue, key: string): FoundValue {
  return { tokens: [...tokens, key], value: ownField(value, key) };
}

/** The members of a list; of anything else the value itself. */
function members({ tokens, value }: FoundValue): readonly FoundValue[] {
  if (!Array.isArray(value)) return [{ tokens, value }];
  return value.map((member: unknown, index) => ({ tokens: [...tokens, String(index)], value: member }));
}

function named(value: unknown, name: string): unknown {
  return isJsonObject(value) && !stringField(value, 'name') ? { ...value, name } : value;
}

/** The field of a volume that is a claim. */
const CLAIM = 'persistentVolumeClaim';

/** The volume that a controller makes of a template of a claim. How it calls the claim is not known. */
function claimVolume(claim: unknown): unknown {
  if (!isJsonObject(claim)) return claim;
  return { name: stringField(ownField(claim, 'metadata'), 'name') ?? '', [CLAIM]: {} };
}
