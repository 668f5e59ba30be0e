// Which controller an object belongs to.
import { ownField, stringField } from '../../model/json.ts';
import { type ObjectRef, refKey } from '../../report/shapes/result.ts';

/** A controller, as the owner reference of its object names it. */
export interface Owner {
  readonly ref: ObjectRef;
  /** Empty where it is not known. */
  readonly uid: string;
}

/** The owner reference with `controller: true`; undefined where there is none. Anybody who may write the object may write it. */
export function controllerOf(object: unknown, namespace: string): Owner | undefined {
  const references = ownField(ownField(object, 'metadata'), 'ownerReferences');
  if (!Array.isArray(references)) return undefined;
  const reference: unknown = references.find((one) => ownField(one, 'controller') === true);
  const apiVersion = stringField(reference, 'apiVersion');
  const kind = stringField(reference, 'kind');
  const name = stringField(reference, 'name');
  if (!apiVersion || !kind || !name) return undefined;
  return { ref: { apiVersion, kind, namespace, name }, uid: stringField(reference, 'uid') ?? '' };
}

/** A stored object, as far as owner references are told by it. */
export interface Owned {
  readonly ref: ObjectRef;
  readonly uid: string;
  readonly owner: Owner | undefined;
}

/** The stored objects that others belong to. */
export class Owners<T extends Owned> {
  readonly #byKey = new Map<string, T>();

  add(owned: T): void {
    this.#byKey.set(refKey(owned.ref), owned);
  }

  /**
   * The object at the top of a chain of owners: the Deployment of the ReplicaSet of a pod. Undefined where the owner is not among
   * the objects, another object has its name by now, or owners name each other in a circle.
   */
  topOf(owner: Owner | undefined): T | undefined {
    let top: T | undefined;
    const seen = new Set<T>();
    for (let next = owner; next !== undefined; next = top?.owner) {
      const found = this.#byKey.get(refKey(next.ref));
      if (found && seen.has(found)) return undefined;
      // A name can be used again, and a reference can be made up.
      if (!found || (next.uid !== '' && found.uid !== '' && next.uid !== found.uid)) break;
      seen.add(found);
      top = found;
    }
    return top;
  }
}
