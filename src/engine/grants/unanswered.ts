// Warnings for what somebody wrote under `sandgate.dev/` and nothing comes of: keys that nobody reads, and classes asked for
// where nobody answers. Without them the pod runs, and only lacks what it was meant to have.

import type { CapabilityClasses } from '../../grants/class.ts';
import { quoteAscii } from '../../grants/quote.ts';
import { requestedClasses } from '../../grants/request.ts';
import { ownField } from '../../model/json.ts';
import { CAPABILITIES_ANNOTATION, containersAnnotation, OWN_KEY_PREFIX } from '../../model/names.ts';
import type { Subject } from '../../model/subject.ts';
import { didYouMean, nearestWord } from '../../resources/did-you-mean.ts';
import { pathInObject } from '../../workloads/template.ts';
import type { Gate } from '../gate.ts';
import { isPod, type Located, type LocatedTemplate } from '../locate.ts';

/** More unknown keys than this are not worth reading. */
const MOST_KEYS = 4;
const MOST_WARNINGS = 16;
/** A key has at most 253 + 1 + 63 characters; guessing what was meant by a longer one is not worth its time. */
const LONGEST_KEY = 317;

/** Warnings about the object as a whole: its keys, and a request that stands where Kubernetes does not pass it on to pods. */
export function unansweredOfObject(subject: Subject, located: Located, gate: Gate): readonly string[] {
  const warnings: string[] = [];
  const { workload, object } = located;
  unknownKeys(ownField(object, 'metadata'), 'metadata', gate.policies.classes, warnings);
  if (isPod(workload)) {
    latecomers(subject, gate.policies.classes, warnings);
    return warnings;
  }
  for (const found of located.templates) {
    unknownKeys(ownField(found.value, 'metadata'), pathInObject(found, 'metadata'), gate.policies.classes, warnings);
  }
  if (!workload.fillIn) misplaced(located, warnings);
  return warnings;
}

/** The warning for a template that asks for classes and that no policy matches. */
export function unansweredOfTemplate(
  { workload, object }: Located,
  template: LocatedTemplate,
  namespace: string,
): readonly string[] {
  const around = workload.fillIn && !isPod(workload) ? requestOf(object) : [];
  const names = new Set([...requestOf(template.value), ...around]);
  if (names.size === 0) return [];
  const where = isPod(workload) || around.length > 0 ? 'metadata' : pathInObject(template, 'metadata');
  const place = namespace === '' ? '' : ` in namespace ${quoteAscii(namespace)}`;
  return [
    `${where}.annotations[${CAPABILITIES_ANNOTATION}] asks for ${listed([...names])}, and no policy matches this ${workload.kind}${place}: nothing is granted (ask an administrator for a policy that lists the class)`,
  ];
}

/** An annotation of a Deployment or a ReplicaSet is not one of its pods. */
function misplaced({ workload, object, templates }: Located, warnings: string[]): void {
  const names = requestOf(object);
  if (names.length === 0) return;
  const asked = new Set(templates.flatMap(({ value }) => requestOf(value)));
  const lost = names.filter((name) => !asked.has(name));
  const [first] = templates;
  // A partial form may have no place for annotations.
  if (lost.length === 0 || !first || first.partial) return;
  warnings.push(
    `metadata.annotations[${CAPABILITIES_ANNOTATION}] asks for ${listed(lost)}, and Kubernetes does not pass annotations of a ${workload.kind} on to its pods: nothing is granted (write it in ${pathInObject(first, 'metadata.annotations')})`,
  );
}

/** A pod that runs is given nothing any more. */
function latecomers(subject: Subject, classes: CapabilityClasses, warnings: string[]): void {
  if (subject.operation !== 'UPDATE' || !subject.oldObject) return;
  const before = new Set(requestOf(subject.oldObject));
  const late = requestOf(subject.object).filter((name) => !before.has(name) && !isIn(name, classes, subject.object));
  if (late.length === 0) return;
  warnings.push(
    `metadata.annotations[${CAPABILITIES_ANNOTATION}] asks for ${listed(late)} of a pod that exists already: nothing is added to it (create the pod again with the annotation)`,
  );
}

/** True where the pod has the containers and volumes of some implementation, and so was given the class before. */
function isIn(name: string, classes: CapabilityClasses, pod: unknown): boolean {
  const spec = ownField(pod, 'spec');
  const names = ['initContainers', 'containers', 'volumes'].flatMap((list) => {
    const members = ownField(spec, list);
    return Array.isArray(members) ? members.map((member) => ownField(member, 'name')) : [];
  });
  return (classes.get(name)?.implementations ?? []).some(({ template: { containerNames, volumeNames } }) => {
    const parts = [...containerNames, ...volumeNames];
    return parts.length > 0 && parts.every((part) => names.includes(part));
  });
}

function unknownKeys(metadata: unknown, path: string, classes: CapabilityClasses, warnings: string[]): void {
  for (const field of ['annotations', 'labels'] as const) {
    const map = ownField(metadata, field);
    if (typeof map !== 'object' || map === null) continue;
    let left = MOST_KEYS;
    for (const key of Object.keys(map)) {
      if (!key.slice(0, OWN_KEY_PREFIX.length).toLowerCase().startsWith(OWN_KEY_PREFIX)) continue;
      const meant = field === 'labels' ? labelMeant(key, classes) : annotationMeant(key, classes);
      if (meant === undefined) continue;
      if (left-- === 0 || warnings.length === MOST_WARNINGS) break;
      const is = field === 'labels' ? 'label' : 'annotation';
      warnings.push(`${path}.${field}: ${is} ${quoteAscii(key)} is not known, so it does nothing${meant}`);
    }
  }
}

/** What was meant, in words, or nothing; undefined for an annotation that is read, by us or by a condition of a class. */
function annotationMeant(key: string, classes: CapabilityClasses): string | undefined {
  const known = knownKeys(classes);
  if (known.includes(key)) return undefined;
  for (const { implementations } of classes.values()) {
    if (implementations.some(({ when }) => when?.expression.includes(key))) return undefined;
  }
  return didYouMean(key.slice(0, LONGEST_KEY), known);
}

/** Labels under any key may be there for selectors, of policies too: only what was meant to be an annotation is told so. */
function labelMeant(key: string, classes: CapabilityClasses): string | undefined {
  const meant = nearestWord(key.slice(0, LONGEST_KEY), knownKeys(classes));
  return meant === undefined ? undefined : ` (did you mean annotation "${meant}"?)`;
}

const keysByClasses = new WeakMap<CapabilityClasses, readonly string[]>();

/** The annotations that are read. */
function knownKeys(classes: CapabilityClasses): readonly string[] {
  let keys = keysByClasses.get(classes);
  if (!keys) {
    keys = [CAPABILITIES_ANNOTATION, ...[...classes.keys()].map(containersAnnotation)];
    keysByClasses.set(classes, keys);
  }
  return keys;
}

function requestOf(object: unknown): readonly string[] {
  return requestedClasses(ownField(ownField(object, 'metadata'), 'annotations')).names;
}

function listed(names: readonly string[]): string {
  return `class ${names.map(quoteAscii).join(', ')}`;
}
