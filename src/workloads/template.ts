// Finds the pod templates inside an object, and puts changed ones back.
import { pathOfTokens, tokensOf } from '../kubernetes/field-path.ts';
import { isJsonObject, type JsonObject } from '../model/json.ts';

/** A pod template found in an object; its shape has not been checked. */
export interface FoundTemplate {
  /** The reference tokens that lead to it; none for a Pod, which is its own template. */
  readonly tokens: readonly string[];
  readonly value: unknown;
}

/**
 * Every pod template of an object, following JSON pointers (RFC 6901) in which `*` stands for every member.
 * A template that is absent or null is left out. Where a value on the way has a type that cannot hold the template, that value
 * is returned in the template's place: the caller checks the shape of every template, and reports it.
 */
export function findTemplates(object: JsonObject, pointers: readonly string[]): FoundTemplate[] {
  const found: FoundTemplate[] = [];
  for (const pointer of pointers) {
    descend(object, tokensOf(pointer), [], found);
  }
  return found;
}

function descend(value: unknown, tokens: readonly string[], path: readonly string[], found: FoundTemplate[]): void {
  if (value === undefined || value === null) return;
  const [token, ...rest] = tokens;
  if (token === undefined || typeof value !== 'object' || (token !== '*' && Array.isArray(value))) {
    found.push({ tokens: path, value });
  } else if (token === '*') {
    for (const [key, member] of Object.entries(value)) descend(member, rest, [...path, key], found);
  } else if (isJsonObject(value) && Object.hasOwn(value, token)) {
    descend(value[token], rest, [...path, token], found);
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
