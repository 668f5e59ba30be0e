// Decides whether a request is one that Sandgate handles, and finds the pod templates in its object and its old object.
import type { SkipCode } from '../model/decision.ts';
import { type JsonObject, ownField, stringField } from '../model/json.ts';
import { MIRROR_ANNOTATION, NODES_GROUP } from '../model/names.ts';
import type { Subject } from '../model/subject.ts';
import { type FoundTemplate, findTemplates } from '../workloads/template.ts';
import { type Enforcement, qualifiedKind, type Workload } from '../workloads/workload.ts';
import type { Gate } from './gate.ts';

/** A pod template of the object, and the one it replaces. */
export interface LocatedTemplate extends FoundTemplate {
  /** The template of the old object that comes at the same place in its list; undefined where there is none. */
  readonly old: FoundTemplate | undefined;
}

/** A request that Sandgate handles. */
export interface Located {
  readonly workload: Workload;
  /** Where no policy says anything else. */
  readonly enforcement: Enforcement;
  /** True where some policy says how strictly objects of the kind are held to it. */
  readonly isDifferent: boolean;
  readonly object: JsonObject;
  /** At least one. */
  readonly templates: readonly LocatedTemplate[];
  /** Every template of the old object, also those that the new one has no counterpart for; none without an old object. */
  readonly oldTemplates: readonly FoundTemplate[];
}

const NO_TEMPLATES: readonly FoundTemplate[] = Object.freeze([]);

/** Subresources that change nothing of what a pod runs. Any other, including one that Kubernetes adds later, is judged. */
const HARMLESS_POD_SUBRESOURCES = new Set([
  'attach',
  'binding',
  'eviction',
  'exec',
  'log',
  'portforward',
  'proxy',
  'status',
]);

/**
 * The templates of a request, or the code of the reason to let it pass unseen: `docs/skips.md` lists the codes. Values of
 * the wrong type are returned as templates too; callers check the shape of every template.
 */
export function locate(subject: Subject, gate: Gate): Located | SkipCode {
  if (subject.operation === 'DELETE') return 'operation-delete';
  if (subject.operation === 'CONNECT') return 'operation-connect';
  const workload = gate.policies.workloads.find(subject.kind.group, subject.kind.kind);
  if (!workload) return 'kind-not-handled';
  if (subject.subresource !== '' && !changesTemplate(workload, subject.subresource)) return 'subresource-not-handled';
  if (isMirrorPod(subject, workload)) return 'mirror-pod';
  if (isBeingDeleted(subject)) return 'being-deleted';
  const enforcement = gate.enforcement(workload);
  const { enforcedKinds } = gate.policies;
  const isDifferent = enforcedKinds.size > 0 && enforcedKinds.has(qualifiedKind(workload));
  if (enforcement === 'Ignore' && !isDifferent) return 'enforcement-ignore';
  if (!subject.object) return 'no-template';
  const found = findTemplates(subject.object, workload);
  if (found.length === 0) return 'no-template';
  const oldTemplates = subject.oldObject ? findTemplates(subject.oldObject, workload) : NO_TEMPLATES;
  const templates = found.map(({ tokens, value, partial }, index) => ({
    tokens,
    value,
    partial,
    old: oldTemplates[index],
  }));
  return { workload, enforcement, isDifferent, object: subject.object, templates, oldTemplates };
}

/** True for the row of pods themselves: their template is the whole object, and most of its fields are immutable. */
export function isPod(workload: Workload): boolean {
  return workload.group === '' && workload.kind === 'Pod';
}

function changesTemplate(workload: Workload, subresource: string): boolean {
  return isPod(workload) && !HARMLESS_POD_SUBRESOURCES.has(subresource);
}

/** A kubelet's mirror of a static pod. Anyone can write the annotation, so it only counts in a request by a node. */
function isMirrorPod(subject: Subject, workload: Workload): boolean {
  if (!isPod(workload) || !subject.user.groups.includes(NODES_GROUP)) return false;
  return stringField(ownField(ownField(subject.object, 'metadata'), 'annotations'), MIRROR_ANNOTATION) !== undefined;
}

/**
 * True for updates of an object that is being deleted: removing its finalizers must go through. `deletionTimestamp` is read
 * from the stored object, since a user can set it in a new one and the mutating webhook would see it before the API server
 * strips it. Subresources are still judged, so that no ephemeral container gets in this way.
 */
function isBeingDeleted(subject: Subject): boolean {
  if (subject.operation !== 'UPDATE' || subject.subresource !== '') return false;
  return Boolean(stringField(ownField(subject.oldObject, 'metadata'), 'deletionTimestamp'));
}
