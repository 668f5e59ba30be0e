// Forms of kinds that hold less than a whole pod template: a pod's spec alone, or some of a pod's fields under names of
// their own. Data says which value is which field of a pod; what follows from that is made once, when a row is made.
import { tokensOf } from '../kubernetes/field-path.ts';
import { type FieldType, fieldsOf, type TypeName } from '../kubernetes/field-type.ts';

/**
 * What stands at a place. `PodTemplate`: `metadata` and `spec` of a pod. `PodSpec`: the spec alone. `Partial`: some fields of
 * a pod, of which a controller makes the rest.
 */
export const FORMS = ['PodTemplate', 'PodSpec', 'Partial'] as const;
export type Form = (typeof FORMS)[number];

/** A value in an object, and the field of a pod that it becomes. */
export interface Part {
  /** A JSON pointer from the place of the form on; `*` stands for every member of a list or map. Empty for the place itself. */
  readonly from: string;
  /**
   * The field of the pod template: `metadata.labels`, `spec.volumes`, `spec`. `container` and `container.image` are those of the
   * container that the controller makes. Empty for the whole template. `volumeClaimTemplates` are claims that become volumes. A
   * value for a list is taken as one more entry, unless it is a list itself.
   */
  readonly to: string;
  /** For a container that has no name in the object: how the controller calls it. */
  readonly name?: string;
}

/** Which field of a pod template a value becomes. */
export type Target =
  | { readonly of: 'template' | 'metadata' | 'spec' | 'container' | 'claims' }
  | {
      readonly of: 'field';
      readonly owner: 'metadata' | 'spec' | 'container';
      readonly field: string;
      readonly isList: boolean;
    };

/** A part, ready for work. */
export interface BoundPart extends Part {
  readonly tokens: readonly string[];
  readonly target: Target;
}

/** Something else than a whole pod template, and where it stands. */
export interface PartialForm {
  /** A JSON pointer; `*` stands for every member of a list or map. */
  readonly at: string;
  readonly form: 'PodSpec' | 'Partial';
  /** Those of the container that the controller makes come first, since it is the first container of the pod. */
  readonly parts: readonly BoundPart[];
}

const WHOLE: Part = { from: '', to: '' };
const SPEC: Part = { from: '', to: 'spec' };

/** A place where the spec of a pod stands without metadata. */
export function podSpec(at: string): PartialForm {
  return { at, form: 'PodSpec', parts: [bound(SPEC)] };
}

/**
 * A place where some fields of a pod stand.
 * @param parts which value is which field; where they are left out, the place has `metadata` and `spec` of a pod, of which a
 * controller makes the rest
 * @throws TypeError where a part becomes a field that pods do not have
 */
export function partial(at: string, parts: readonly Part[] = [WHOLE]): PartialForm {
  const all = parts.map(bound);
  return { at, form: 'Partial', parts: [...all.filter(isOfContainer), ...all.filter((part) => !isOfContainer(part))] };
}

/** Parts for fields of the pod's spec that have the same names in an object. */
export function sameFields(names: readonly string[], below = ''): readonly Part[] {
  return names.map((name) => ({ from: `${below}/${name}`, to: `spec.${name}` }));
}

/** Parts for fields that have the same names in an object as those of the container that the controller makes. */
export function containerFields(name: string, names: readonly string[], below = ''): readonly Part[] {
  return names.map((field) => ({ from: `${below}/${field}`, to: `container.${field}`, name }));
}

/** Which field of a pod is meant; undefined where pods have no such field. */
export function targetOf(to: string): Target | undefined {
  if (to === '') return { of: 'template' };
  if (to === 'volumeClaimTemplates') return { of: 'claims' };
  if (isOwner(to)) return { of: to };
  const [owner = '', field = '', ...deeper] = to.split('.');
  if (!isOwner(owner) || deeper.length > 0) return undefined;
  const type = knownFieldsOf(owner).get(field);
  return type && { of: 'field', owner, field, isList: type.form === 'list' };
}

/** Everything that {@link targetOf} knows, for messages. */
export function knownTargets(): readonly string[] {
  const fields = OWNERS.flatMap((owner) => [
    owner,
    ...[...knownFieldsOf(owner).keys()].map((name) => `${owner}.${name}`),
  ]);
  return [...fields, 'volumeClaimTemplates'];
}

const OWNERS = ['metadata', 'spec', 'container'] as const;
type Owner = (typeof OWNERS)[number];

const TYPES: Readonly<Record<Owner, TypeName>> = { metadata: 'ObjectMeta', spec: 'PodSpec', container: 'Container' };

function knownFieldsOf(owner: Owner): ReadonlyMap<string, FieldType> {
  return fieldsOf(TYPES[owner]);
}

function isOwner(word: string): word is Owner {
  return OWNERS.some((owner) => owner === word);
}

function bound(part: Part): BoundPart {
  const target = targetOf(part.to);
  if (!target) throw new TypeError(`pods have no field ${part.to}`);
  return { ...part, tokens: tokensOf(part.from), target };
}

function isOfContainer({ target }: BoundPart): boolean {
  return target.of === 'container' || (target.of === 'field' && target.owner === 'container');
}
