// The claims that a StatefulSet or a Sandbox makes for its pods, which have them as volumes.
import { isJsonObject, type JsonObject, ownField, stringField } from '../../model/json.ts';

/** A template of a claim. */
export interface ClaimTemplate {
  /** Inside the object: `spec.volumeClaimTemplates[0].metadata.name`. */
  readonly path: string;
  /** Its name, which the volume in the pods has. */
  readonly name: string;
  /** The claims that are made of it: a name, with `*` for what is not known yet. */
  readonly claims: string;
  /** The spec of the claims, of any shape. */
  readonly spec: unknown;
}

const NONE: readonly ClaimTemplate[] = Object.freeze([]);
/** Those of an object of this kind; none for a Pod, which has no such field. */
export function claimTemplates(kind: string, object: JsonObject): readonly ClaimTemplate[] {
  if (kind === 'Pod') return NONE;
  const templates = ownField(ownField(object, 'spec'), 'volumeClaimTemplates');
  if (!Array.isArray(templates)) return NONE;
  const owner = stringField(ownField(object, 'metadata'), 'name') || '*';
  return templates.flatMap((template: unknown, index) => {
    if (!isJsonObject(template)) return [];
    const name = stringField(ownField(template, 'metadata'), 'name') ?? '';
    const path = `spec.volumeClaimTemplates[${index}].metadata.name`;
    return [{ path, name, claims: claimsOf(kind, name, owner), spec: ownField(template, 'spec') }];
  });
}

/** A StatefulSet numbers its claims, a Sandbox has one; what is made of anything else has a name that nobody knows yet. */
function claimsOf(kind: string, name: string, owner: string): string {
  if (kind.startsWith('StatefulSet.')) return `${name}-${owner}-*`;
  return kind.startsWith('Sandbox.') ? `${name}-${owner}` : `${name}-*`;
}
