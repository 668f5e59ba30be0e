// What the event about a refusal is about, so that whoever looks for the missing pod finds it.
import { ownField, stringField } from '../../model/json.ts';
import type { Subject } from '../../model/subject.ts';
import type { EventPlace } from '../event.ts';

type About = EventPlace['about'];

/** Longer than any name that Kubernetes allows. */
const MOST_NAME = 253;

/**
 * Where the event goes: to the object itself where it exists, else to the controller that it is made for, else to the namespace.
 * Undefined for what belongs to no namespace: its events would be among those of the namespace default.
 */
export function placeOf(subject: Subject): EventPlace | undefined {
  const { namespace } = subject;
  if (namespace === '') return undefined;
  const about = existing(subject) ?? controllerOf(subject) ?? { apiVersion: 'v1', kind: 'Namespace', name: namespace };
  return { namespace, about };
}

/** The object, where it was there before the request. */
function existing({ operation, kind, resource, name, object, oldObject }: Subject): About | undefined {
  if (name === undefined || !isName(name)) return undefined;
  // The object of a connection is how to connect; what it is to is named.
  if (operation === 'CONNECT') return resource === 'pods' ? { apiVersion: 'v1', kind: 'Pod', name } : undefined;
  if (operation !== 'UPDATE') return undefined;
  const uid = uidOf(oldObject) ?? uidOf(object);
  const apiVersion = kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
  return { apiVersion, kind: kind.kind, name, ...(uid !== undefined && { uid }) };
}

/** The controller, as the object says: whoever writes the object writes that, too, and it only says where to look. */
function controllerOf({ object }: Subject): About | undefined {
  const owners: unknown = ownField(ownField(object, 'metadata'), 'ownerReferences');
  if (!Array.isArray(owners)) return undefined;
  const owner: unknown = owners.find((one: unknown) => ownField(one, 'controller') === true);
  const [apiVersion, kind, name, uid] = ['apiVersion', 'kind', 'name', 'uid'].map((key) => stringField(owner, key));
  if (!isName(apiVersion) || !isName(kind) || !isName(name) || !isName(uid)) return undefined;
  return { apiVersion, kind, name, uid };
}

function uidOf(object: unknown): string | undefined {
  const uid = stringField(ownField(object, 'metadata'), 'uid');
  return isName(uid) ? uid : undefined;
}

function isName(text: string | undefined): text is string {
  return text !== undefined && text !== '' && text.length <= MOST_NAME;
}
