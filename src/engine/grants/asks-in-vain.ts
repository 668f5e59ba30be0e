// Whether a pod asks for a class that no policy would grant, by what is known now: then it is worth looking whether more is known.
import { requestedClasses } from '../../grants/request.ts';
import { ownField } from '../../model/json.ts';
import type { Subject } from '../../model/subject.ts';
import type { Gate } from '../gate.ts';
import { isPod, locate } from '../locate.ts';
import { knownLabels, policiesFor } from '../select.ts';

/**
 * True for a new pod that asks for a class which does not exist, or which no policy that matches the pod lists. Nearly every pod asks
 * for nothing, which costs reading a few fields. Other objects get the classes of the day their pods are made.
 */
export function asksInVain(subject: Subject, gate: Gate): boolean {
  if (subject.operation !== 'CREATE' || subject.resource !== 'pods') return false;
  const { names } = requestedClasses(ownField(ownField(subject.object, 'metadata'), 'annotations'));
  if (names.length === 0) return false;
  const located = locate(subject, gate);
  if (typeof located === 'string' || !isPod(located.workload)) return false;
  const policies = policiesFor(located.workload, located.object, knownLabels(subject, gate), gate);
  return names.some(
    (name) =>
      !gate.policies.classes.has(name) ||
      !policies.some(({ capabilities }) => capabilities.some((listed) => listed.name === name)),
  );
}
