// Changes to a review, as data: made at random, shrunk one by one, and applied without touching the original.
import fc from 'fast-check';
import { isJsonObject, type JsonObject, ownField } from '../../src/model/json.ts';
import { FIELDS, type FieldKind, NUMBERS, OTHERS, REQUEST_FIELDS, STRINGS } from './values.ts';

export type Action =
  | 'field'
  | 'request'
  | 'replace'
  | 'retype'
  | 'drop'
  | 'duplicate'
  | 'copy'
  | 'nest'
  | 'rename'
  | 'number';

/** One change. The numbers choose among what there is, whatever they are. */
export interface Edit {
  readonly action: Action;
  /** Where. */
  readonly at: number;
  /** What. */
  readonly pick: number;
}

type Path = readonly string[];

/** Stands for a number that is to be written as it is; of the private use area, which no other text here has. */
const NUMBER_MARK = '\ue000';
/** Another edit may have torn it apart. */
const MARKED_NUMBER = new RegExp(`"${NUMBER_MARK}(-?\\d+(?:\\.\\d+)?(?:e-?\\d+)?)"`, 'g');

/** Six of the deepest are as much as JSON.stringify can write. */
const DEPTHS = [1, 2, 5, 50, 1000];

export const edit: fc.Arbitrary<Edit> = fc.record({
  action: fc.oneof<fc.WeightedArbitrary<Action>[]>(
    { arbitrary: fc.constant('field'), weight: 8 },
    { arbitrary: fc.constant('request'), weight: 3 },
    { arbitrary: fc.constant('replace'), weight: 4 },
    { arbitrary: fc.constant('drop'), weight: 3 },
    { arbitrary: fc.constant('retype'), weight: 2 },
    { arbitrary: fc.constant('duplicate'), weight: 2 },
    { arbitrary: fc.constant('copy'), weight: 2 },
    { arbitrary: fc.constant('rename'), weight: 1 },
    { arbitrary: fc.constant('number'), weight: 2 },
    { arbitrary: fc.constant('nest'), weight: 1 },
  ),
  at: fc.noBias(fc.nat(0xfffff)),
  pick: fc.noBias(fc.nat(0xffff)),
});

/** The review after the edits. Nothing of it is changed in place. */
export function applyEdits(review: JsonObject, edits: readonly Edit[]): unknown {
  let edited: unknown = review;
  for (const one of edits) edited = applyEdit(edited, one);
  return edited;
}

/** The review as text, its numbers as they are meant. */
export function textOf(review: unknown): string {
  // A review that was dropped as a whole leaves nothing.
  const text = JSON.stringify(review) ?? '';
  return text.includes(NUMBER_MARK) ? text.replaceAll(MARKED_NUMBER, '$1') : text;
}

function applyEdit(review: unknown, { action, at, pick }: Edit): unknown {
  if (action === 'request') {
    const [key, values] = choose(REQUEST_FIELDS, at);
    return update(review, ['request'], 0, (request) => withField(request, key, choose(values, pick)));
  }
  const places = placesIn(review, at);
  // A field goes into an object, and mostly into one that the engine reads.
  const fit = action === 'field' ? places.filter((candidate) => isJsonObject(candidate.value)) : places;
  const place = choose(fit.length === 0 ? places : fit, at >> 4);
  return update(review, pathTo(place), 0, (value, key) => {
    switch (action) {
      case 'field': {
        const [name, values] = choose(FIELDS[pick % 8 === 0 ? 'anywhere' : kindOf(place)], pick >> 3);
        return withField(value, name, choose(values, pick >> 9));
      }
      case 'replace':
        return choose(pick % 3 === 0 ? OTHERS : STRINGS, pick >> 2);
      case 'retype':
        return retyped(value, pick);
      case 'drop':
        return undefined;
      case 'duplicate':
        return Array.isArray(value) ? value.flatMap((member: unknown) => [member, member]) : [value, value];
      case 'copy':
        return choose(places, pick).value;
      case 'nest':
        return nested(value, key, choose(DEPTHS, pick));
      case 'rename':
        return isJsonObject(value) ? renamed(value, pick) : choose(STRINGS, pick);
      case 'number':
        return NUMBER_MARK + choose(NUMBERS, pick);
    }
  });
}

/** Edits go mostly to what the engine reads: how much more often than elsewhere. */
const LIKED: ReadonlyMap<string, number> = new Map([
  ...['spec', 'securityContext'].map((key) => [key, 15] as const),
  ...['containers', 'initContainers', 'ephemeralContainers', 'podTemplate', 'template'].map((key) => [key, 4] as const),
  ...['capabilities', 'volumes', 'labels', 'annotations', 'metadata', '0', '1'].map((key) => [key, 2] as const),
]);
const MOST_PLACES = 2000;

interface Place {
  readonly value: unknown;
  readonly key: string;
  readonly parent: Place | undefined;
}

/** Where an edit can go: mostly into the object, now and then anywhere in the review. */
function placesIn(review: unknown, at: number): readonly Place[] {
  const root: Place = { value: review, key: '', parent: undefined };
  const request: Place = { value: ownField(review, 'request'), key: 'request', parent: root };
  const key = at % 4 === 1 ? 'oldObject' : 'object';
  const object: Place = { value: ownField(request.value, key), key, parent: request };
  const top = at % 16 === 0 || !isJsonObject(object.value) ? root : object;
  const places = [top];
  const pending = [top];
  for (let place = pending.pop(); place && places.length < MOST_PLACES; place = pending.pop()) {
    const { value } = place;
    if (typeof value !== 'object' || value === null) continue;
    const members: readonly [string, unknown][] = Object.entries(value);
    for (const [name, member] of members) {
      const inner = { value: member, key: name, parent: place };
      places.push(inner);
      const weight = LIKED.get(name) ?? 0;
      for (let extra = 0; extra < weight; extra++) places.push(inner);
      if (typeof member === 'object' && member !== null) pending.push(inner);
    }
  }
  return places;
}

function kindOf({ key, parent }: Place): FieldKind {
  if (key === 'spec' || key === 'metadata' || key === 'securityContext') return key;
  return parent?.key.endsWith('ontainers') ? 'container' : 'anywhere';
}

function pathTo(place: Place): Path {
  const path: string[] = [];
  for (let step: Place | undefined = place; step?.parent; step = step.parent) path.push(step.key);
  return path.toReversed();
}

function update(node: unknown, path: Path, depth: number, change: (value: unknown, key: string) => unknown): unknown {
  const key = path[depth];
  if (key === undefined) return change(node, path[depth - 1] ?? '');
  if (Array.isArray(node)) {
    const list: readonly unknown[] = node;
    const index = Number(key);
    // Only the request can be looked for in what is no longer an object.
    if (!Object.hasOwn(list, key)) return node;
    const member = update(list[index], path, depth + 1, change);
    return member === undefined ? list.toSpliced(index, 1) : list.with(index, member);
  }
  if (!isJsonObject(node)) return node;
  const member = update(node[key], path, depth + 1, change);
  if (member !== undefined) return { ...node, [key]: member };
  return Object.fromEntries(Object.entries(node).filter(([name]) => name !== key));
}

function withField(value: unknown, key: string, field: unknown): unknown {
  if (isJsonObject(value)) return { ...value, [key]: field };
  // A list of objects gets it in each; anything else becomes an object that has it.
  return Array.isArray(value) ? value.map((member: unknown) => withField(member, key, field)) : { [key]: field };
}

function retyped(value: unknown, pick: number): unknown {
  if (Array.isArray(value)) return pick % 2 === 0 ? Object.fromEntries(value.entries()) : (value[0] ?? null);
  if (isJsonObject(value)) return pick % 2 === 0 ? [value] : Object.keys(value);
  if (typeof value === 'string') return pick % 2 === 0 ? value.length : value.split('');
  return typeof value === 'number' ? String(value) : JSON.stringify(value);
}

function renamed(value: JsonObject, pick: number): JsonObject {
  const keys = Object.keys(value);
  const old = keys[pick % keys.length];
  const name = choose(STRINGS, pick >> 4);
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key === old ? name : key, member]));
}

function nested(value: unknown, key: string, depth: number): unknown {
  let inner = value;
  for (let level = 0; level < depth; level++) inner = level % 2 === 0 ? { [key]: inner } : [inner];
  return inner;
}

function choose<T>(from: readonly T[], index: number): T {
  const chosen = from[index % from.length];
  if (chosen === undefined) throw new Error('there is nothing to choose from');
  return chosen;
}
