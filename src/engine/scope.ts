// What of an object may still be filled in: all of it while it is being created, little of a pod that exists.

import { isPodTemplate } from '../kubernetes/pod-shape.ts';
import type { SkipCode } from '../model/decision.ts';
import { ownField, sameJson, stringField } from '../model/json.ts';
import type { Subject } from '../model/subject.ts';
import { type FillScope, WHOLE_TEMPLATE } from '../rules/fill-in.ts';
import type { Gate } from './gate.ts';
import { isPod, type Located, type LocatedTemplate } from './locate.ts';
import { sameSpec } from './same-spec.ts';

/** The scope in which the templates of a request are filled in, or the code of the reason why they are not. */
export function fillScope(subject: Subject, located: Located): FillScope | SkipCode {
  if (!located.workload.fillIn) return 'not-filled-in';
  if (!isPod(located.workload)) {
    return subject.operation !== 'UPDATE' || specChanged(located) ? STORED_TEMPLATE : 'template-unchanged';
  }
  if (subject.operation !== 'UPDATE') return WHOLE_TEMPLATE;
  return subject.subresource === 'ephemeralcontainers' ? newEphemeralContainers(subject) : 'pod-immutable';
}

/** The scope of a stored object of which pods are made. */
export const STORED_TEMPLATE: FillScope = { ...WHOLE_TEMPLATE, stored: true };

/**
 * The scope of one of the templates: with the stored one that it replaces, from which fill-ins see what they decided earlier.
 * Not for pods, of whose fields an update can change none that was decided.
 */
export function scopeOfTemplate(scope: FillScope, { old }: LocatedTemplate): FillScope {
  return scope.podLevel && old !== undefined && isPodTemplate(old.value) ? { ...scope, old: old.value } : scope;
}

/**
 * True where an update changes a pod template, and not only the object's finalizers, labels or `suspend`. Also true without
 * an old object.
 */
export function templateChanged({ templates, oldTemplates }: Located): boolean {
  return oldTemplates.length !== templates.length || templates.some(({ value, old }) => !sameJson(old?.value, value));
}

/**
 * True where an update changes the spec of a pod template, and not only the template's labels and annotations. Also true
 * without an old object.
 */
export function specChanged({ templates, oldTemplates }: Located): boolean {
  return (
    oldTemplates.length !== templates.length ||
    templates.some(({ value, old }) => !sameSpec(ownField(old?.value, 'spec'), ownField(value, 'spec')))
  );
}

/** The scope, with what is known of the cluster. */
export function withFacts(scope: FillScope, { surroundings: { cluster } }: Gate): FillScope {
  return cluster ? { ...scope, cluster } : scope;
}

/** Ephemeral containers can be added, but never changed or removed: only those with a new name can be filled in. */
function newEphemeralContainers(subject: Subject): FillScope {
  const known = new Set(names(subject.oldObject));
  const current = names(subject.object);
  return {
    podLevel: false,
    podDefaults: false,
    includes: (list, index) => list === 'ephemeralContainers' && !known.has(current[index] ?? ''),
  };
}

function names(object: unknown): string[] {
  const containers = ownField(ownField(object, 'spec'), 'ephemeralContainers');
  return Array.isArray(containers) ? containers.map((container) => stringField(container, 'name') ?? '') : [];
}
