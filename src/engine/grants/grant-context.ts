// What the grants of an object's templates depend on, read once for all of its templates.
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
 * The context of a subject. The annotation on the object around a template (on a Sandbox) counts where objects of the kind
 * are filled in: filling in copies it to the template, and so to the pods. On a Deployment it has no effect, since Kubernetes
 * does not copy a Deployment's annotations to its pods either.
 */
export function grantContext(subject: Subject, located: Located, namespaceLabels: StringMap, gate: Gate): GrantContext {
  const copiesAnnotation = located.workload.fillIn && !isPod(located.workload);
  const outside = copiesAnnotation
    ? requestedClasses(ownField(ownField(located.object, 'metadata'), 'annotations'))
    : NOTHING;
  const { namespace } = subject;
  const runs = isPod(located.workload) && subject.operation === 'UPDATE';
  return {
    gate,
    subject: { namespace, user: classUser(subject, located.workload) },
    namespaceLabels,
    outside,
    runs,
    stored: copiesAnnotation,
  };
}
