// What the grants of an object's templates depend on: read once for all of them.
import { type Requested, requestedClasses } from '../../grants/request.ts';
import type { StringMap } from '../../kubernetes/pod.ts';
import { ownField } from '../../model/json.ts';
import type { Subject } from '../../model/subject.ts';
import type { Gate } from '../gate.ts';
import { isPod, type Located } from '../locate.ts';
import { classUser } from './class-user.ts';
import type { GrantContext } from './grants.ts';

const NOTHING: Requested = Object.freeze({ names: Object.freeze([]), problem: undefined });

/**
 * The context of a subject. The annotation of the object around a template counts where we fill in such objects, and so
 * can hand it on to the pods; of a Deployment it says nothing, as with every other annotation of a Deployment.
 */
export function grantContext(subject: Subject, located: Located, namespaceLabels: StringMap, gate: Gate): GrantContext {
  const hands = located.workload.fillIn && !isPod(located.workload);
  const outside = hands ? requestedClasses(ownField(ownField(located.object, 'metadata'), 'annotations')) : NOTHING;
  const { namespace } = subject;
  const runs = isPod(located.workload) && subject.operation === 'UPDATE';
  return { gate, subject: { namespace, user: classUser(subject, located.workload) }, namespaceLabels, outside, runs };
}
