// K8sPSPAllowedUsers and K8sPSPFSGroup: users and groups in ranges, as PodSecurityPolicy had them.
import { type JsonObject, ownField, stringField } from '../../../model/json.ts';
import { allOf, anyOf } from '../cel-text.ts';
import { objectsAt } from '../matching.ts';
import type { LeaveOut } from './constraints.ts';

const FIELDS = ['runAsUser', 'runAsGroup', 'supplementalGroups', 'fsGroup'] as const;
type Field = (typeof FIELDS)[number];

/** A field of a container, or of the pod where containers have none or say nothing, as an optional of CEL. */
function stated(field: Field): string {
  const ofPod = `object.spec.?securityContext.?${field}`;
  return field === 'runAsUser' || field === 'runAsGroup' ? `c.?securityContext.?${field}.or(${ofPod})` : ofPod;
}

/** @param containers those that are judged, in CEL */
export function allowedUsers(parameters: JsonObject, containers: string, leaveOut: LeaveOut): JsonObject | undefined {
  const validations = FIELDS.flatMap((field) => {
    const asked = ownField(parameters, field);
    const rule = stringField(asked, 'rule');
    if (asked === undefined || rule === undefined || rule === 'RunAsAny') return [];
    const term = termOf(field, rule, asked);
    if (term === undefined) {
      leaveOut([field, 'rule'], `not a rule that Gatekeeper's library has`, 'laxer');
      return [];
    }
    const message = `${field} must be as the policy says: ${rule}${
      rangesIn(asked).length === 0
        ? ''
        : ` ${rangesIn(asked)
            .map(([min, max]) => `${min}-${max}`)
            .join(', ')}`
    }`;
    return [{ name: field.toLowerCase(), expression: `${containers}.all(c, ${term})`, message }];
  });
  return validations.length === 0 ? undefined : { validations };
}

function termOf(field: Field, rule: string, asked: unknown): string | undefined {
  const value = stated(field);
  if (rule === 'MustRunAsNonRoot' && field === 'runAsUser') {
    const nonRoot = 'c.?securityContext.?runAsNonRoot.or(object.spec.?securityContext.?runAsNonRoot).orValue(false)';
    return `(${value}.hasValue() ? ${value}.value() != 0 : ${nonRoot})`;
  }
  if (rule !== 'MustRunAs' && (rule !== 'MayRunAs' || field === 'runAsUser')) return undefined;
  const otherwise = rule === 'MayRunAs' ? 'true' : 'false';
  const holds =
    field === 'supplementalGroups'
      ? `${value}.value().all(g, ${inRanges('g', asked)})`
      : inRanges(`${value}.value()`, asked);
  return `(${value}.hasValue() ? ${holds} : ${otherwise})`;
}

/** What a K8sPSPFSGroup asks of the pod; undefined where it asks nothing. */
export function fsGroup(parameters: JsonObject): string | undefined {
  const rule = stringField(parameters, 'rule');
  if (rule === undefined || rule === 'RunAsAny') return undefined;
  return termOf('fsGroup', rule, parameters) ?? 'false';
}

function rangesIn(asked: unknown): readonly (readonly [number, number])[] {
  return objectsAt(ownField(asked, 'ranges')).map(([{ min, max }]) => [Number(min ?? 0), Number(max ?? 0)]);
}

function inRanges(value: string, asked: unknown): string {
  return anyOf(rangesIn(asked).map(([min, max]) => allOf([`${value} >= ${min}`, `${value} <= ${max}`])));
}
