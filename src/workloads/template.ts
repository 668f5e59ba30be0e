// Finds the pod templates inside an object, and puts changed ones back.
import { pathOfTokens, tokensOf } from '../kubernetes/field-path.ts';
import { isJsonObject, type JsonObject } from '../model/json.ts';
import { assemble, type FieldPlaces, type FoundValue, MOST_PARTS } from './assemble.ts';
import type { PartialForm } from './form.ts';
import type { Workload } from './workload.ts';

/** A pod template found in an object; its shape has not been checked. */
export interface FoundTemplate extends FoundValue {
  /** The reference tokens that lead to it; none for a Pod, which is its own template. */
  readonly tokens: readonly string[];
  /** As it stands in the object; of a partial form the template that was made of it. */
  readonly value: unknown;
  /** Undefined where a whole pod template stands there. */
  readonly partial: PartialPlace | undefined;
}

/** Where the fields of a template stand that was made of a partial form. */
export interface PartialPlace {
  readonly form: PartialForm['form'];
  readonly fields: FieldPlaces;
}

/** More pod templates than this are not looked at one by one. Real objects, such as workflows, have a few hundred at most. */
export const MOST_TEMPLATES = 1000;

/** Stands for all templates of an object that has too many, and is what is said to be expected. */
export const TOO_MANY_TEMPLATES = `smaller: no more than ${MOST_TEMPLATES} pod templates`;

/**
 * Every pod template of an object, following JSON pointers (RFC 6901) in which `*` stands for every member.
 * A template that is absent or null is left out. Where a value on the way has a type that cannot hold the template, that value
 * is returned in the template's place: the caller checks the shape of every template, and reports it.
 */
export function findTemplates(
  object: JsonObject,
  { templates, partials }: Pick<Workload, 'templates' | 'partials'>,
): FoundTemplate[] {
  const found: FoundTemplate[] = [];
  for (const pointer of templates) {
    for (const { tokens, value } of valuesAt(object, pointer)) found.push({ tokens, value, partial: undefined });
  }
  for (const form of partials ?? []) findPartial(object, form, found);
  if (found.length <= MOST_TEMPLATES) return found;
  return [{ tokens: [], value: TOO_MANY_TEMPLATES, partial: undefined }];
}

function findPartial(object: JsonObject, form: PartialForm, found: FoundTemplate[]): void {
  for (const { tokens, value } of valuesAt(object, form.at)) {
    const assembled = assemble(form, (inside) => {
      const values: FoundValue[] = [];
      descend(value, inside, tokens, values, MOST_PARTS);
      return values;
    });
    if (!assembled) continue;
    found.push({ tokens, value: assembled.value, partial: { form: form.form, fields: assembled.places } });
    if (found.length > MOST_TEMPLATES) return;
  }
}

/** Every value that is neither absent nor null at a JSON pointer in which `*` stands for every member. */
export function valuesAt(object: JsonObject, pointer: string): readonly FoundValue[] {
  const found: FoundValue[] = [];
  descend(object, tokensOf(pointer), [], found, MOST_TEMPLATES);
  return found;
}

/** @param most how many are wanted; one more is found where there are more */
function descend(
  value: unknown,
  tokens: readonly string[],
  path: readonly string[],
  found: FoundValue[],
  most: number,
): void {
  if (value === undefined || value === null) return;
  const [token, ...rest] = tokens;
  if (token === undefined || typeof value !== 'object' || (token !== '*' && Array.isArray(value))) {
    found.push({ tokens: path, value });
  } else if (token === '*') {
    for (const [key, member] of Object.entries(value)) {
      if (found.length > most) return;
      descend(member, rest, [...path, key], found, most);
    }
  } else if (isJsonObject(value) && Object.hasOwn(value, token)) {
    descend(value[token], rest, [...path, token], found, most);
  }
}

/** The object with the value at `tokens` replaced by `value`; copied only along that path. */
export function putTemplate(object: JsonObject, tokens: readonly string[], value: JsonObject): JsonObject {
  const [token, ...rest] = tokens;
  if (token === undefined) return value;
  return { ...object, [token]: putMember(object[token], rest, value) };
}

function putMember(container: unknown, tokens: readonly string[], value: JsonObject): unknown {
  const [token, ...rest] = tokens;
  if (token === undefined) return value;
  if (Array.isArray(container)) {
    return container.map((member: unknown, index) =>
      String(index) === token ? putMember(member, rest, value) : member,
    );
  }
  if (!isJsonObject(container)) return container;
  return { ...container, [token]: putMember(container[token], rest, value) };
}

/** The tokens as a prefix of field paths: `spec.template.`, `spec.tasks[0].template.`; empty for a Pod. */
export function fieldPrefix(tokens: readonly string[]): string {
  return tokens.length === 0 ? '' : `${pathOfTokens(tokens)}.`;
}

/**
 * The path in the object of a field of one of its templates, such as `spec.template.spec.hostNetwork`. Of a field that a partial
 * form has no place for, the path of the form.
 * @param path inside the template; empty for the template itself
 */
export function pathInObject({ tokens, partial }: Omit<FoundTemplate, 'value'>, path: string): string {
  if (!partial) return path === '' ? pathOfTokens(tokens) : fieldPrefix(tokens) + path;
  for (let end = path.length; end > 0; end = Math.max(path.lastIndexOf('.', end - 1), path.lastIndexOf('[', end - 1))) {
    const place = partial.fields.get(path.slice(0, end));
    if (place) return pathOfTokens(place) + path.slice(end);
  }
  return pathOfTokens(partial.fields.get('') ?? tokens);
}
