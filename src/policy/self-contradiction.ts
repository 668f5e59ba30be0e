// What a policy fills in and does not let pass itself, and what two of its fill-ins want to give different values. A rule looks at
// its own parameters alone; what comes of several together is seen in a pod that says nothing.
import { viewOf } from '../kubernetes/containers.ts';
import { valueAt } from '../kubernetes/path-keys.ts';
import type { PodTemplate } from '../kubernetes/pod.ts';
import { isGiven } from '../kubernetes/stated-user.ts';
import { type Describe, phrase, type Violation } from '../model/finding.ts';
import { isJsonObject, stringField } from '../model/json.ts';
import { evaluate } from '../pod-security/standard.ts';
import { NO_REQUEST } from '../rules/check.ts';
import { type BoundFillIn, NO_NOTES, WHOLE_TEMPLATE } from '../rules/fill-in.ts';
import type { Policy } from './policy.ts';

/** Something that a policy fills in, and what of the same policy is against it. */
export interface SelfContradiction {
  /** The id of the fill-in. */
  readonly fillIn: string;
  readonly message: string;
}

/** A pod that says nothing of what rules are about, with something of each kind that can be filled in. */
const SILENT: PodTemplate = {
  metadata: {},
  spec: {
    initContainers: [{ name: 'setup', image: 'app:1.0' }],
    containers: [{ name: 'app', image: 'app:1.0', volumeMounts: [{ name: 'work', mountPath: '/work' }] }],
    volumes: [{ name: 'work', emptyDir: {} }],
  },
};

/** Expressions of a user can ask anything of a pod, and what they find need not be about the field that they name. */
const NOT_ASKED: ReadonlySet<string> = new Set(['validations']);

/** Every contradiction, in the order of the fill-ins. Pure. */
export function selfContradictions(policy: Policy): readonly SelfContradiction[] {
  if (policy.fillIns.length === 0) return [];
  const steps: Step[] = [];
  let template = SILENT;
  for (const fillIn of policy.fillIns) {
    const before = template;
    template = fillIn.fill(before, WHOLE_TEMPLATE, NO_NOTES);
    if (template !== before) steps.push({ fillIn, before, after: template });
  }
  return [...givenOtherwise(policy, steps, template), ...refused(policy, steps, template)];
}

/** One fill-in that changed something. */
interface Step {
  readonly fillIn: BoundFillIn;
  readonly before: PodTemplate;
  readonly after: PodTemplate;
}

/** What a fill-in would give a value by itself, and has another value in the end. */
function* givenOtherwise({ fillIns }: Policy, steps: readonly Step[], filled: PodTemplate) {
  const inTheEnd = scalarsOf(filled);
  for (const { id, after = [], fill } of fillIns) {
    let start = SILENT;
    // What these set decides what this one does.
    for (const other of fillIns) if (after.includes(other.id)) start = other.fill(start, WHOLE_TEMPLATE, NO_NOTES);
    const alone = fill(start, WHOLE_TEMPLATE, NO_NOTES);
    if (alone === start) continue;
    const before = scalarsOf(start);
    for (const [path, value] of scalarsOf(alone)) {
      const final = inTheEnd.get(path);
      if (value === before.get(path) || final === value || !isGiven(final)) continue;
      const other = steps.find((step) => scalarsOf(step.after).get(path) === final)?.fillIn.id ?? 'another fill-in';
      const message = `fills in ${path} ${JSON.stringify(value)}, and ${other} of the same policy fills in ${JSON.stringify(final)}`;
      yield { fillIn: id, message };
      break;
    }
  }
}

/** What is filled in where nothing was, and refused. */
function* refused(policy: Policy, steps: readonly Step[], filled: PodTemplate) {
  for (const { check, describe, violations } of found(policy, filled)) {
    if (NOT_ASKED.has(check) || policy.exceptions?.has(check) || policy.actionsFor(check).action !== 'Deny') continue;
    const own = violations.filter(
      ({ path, cause, inObject }) =>
        cause === undefined && !inObject && !isGiven(valueAt(SILENT, path)) && isValue(valueAt(filled, path)),
    );
    const [first] = own;
    if (first === undefined) continue;
    const step = steps.find(({ before, after }) => isNew(first.path, before, after));
    const message = `fills in ${first.path}, which check ${check} of the same policy refuses: ${phrase(describe(own))}`;
    if (step) yield { fillIn: step.fillIn.id, message };
  }
}

/** Not a list, of which something may be missing that the pod has to add itself. */
function isValue(given: unknown): boolean {
  return isGiven(given) && !Array.isArray(given);
}

function isNew(path: string, before: PodTemplate, after: PodTemplate): boolean {
  return !isGiven(valueAt(before, path)) && isGiven(valueAt(after, path));
}

/** What the checks of the policy find in a pod. */
function found({ podSecurity, checks }: Policy, template: PodTemplate) {
  const view = viewOf(template);
  const all: { readonly check: string; readonly describe: Describe; readonly violations: readonly Violation[] }[] = [];
  if (podSecurity?.from === 'policy') {
    for (const { check, violations } of evaluate(podSecurity.level, podSecurity.version, view))
      all.push({ check: check.id, describe: check.describe, violations });
  }
  for (const { id, describe, check } of checks) {
    const violations = NOT_ASKED.has(id) ? undefined : check(view, { ...NO_REQUEST, object: { ...template } });
    if (violations) all.push({ check: id, describe, violations });
  }
  return all;
}

/** Every value that is neither a list nor an object, by its path; members of lists by their names, where they have any. */
function scalarsOf(value: unknown, path = '', into = new Map<string, unknown>()): ReadonlyMap<string, unknown> {
  if (Array.isArray(value)) {
    for (const member of value) {
      const name = stringField(member, 'name');
      if (name !== undefined) scalarsOf(member, `${path}["${name}"]`, into);
    }
  } else if (isJsonObject(value)) {
    for (const [key, member] of Object.entries(value)) scalarsOf(member, path === '' ? key : `${path}.${key}`, into);
  } else into.set(path, value);
  return into;
}
