// Which classes a pod template is granted, and why the others are not. A class must be asked for, listed by a policy, have an
// implementation, be authorised, and equal what is in the pod under its names, in this order.

import { notAuthorized } from '../../grants/authorization-words.ts';
import type { CapabilityClass, Implementation } from '../../grants/class.ts';
import type { GrantedClass } from '../../grants/granted.ts';
import { mergeImplementation } from '../../grants/merge.ts';
import { bothRequested, type Requested, requestedClasses } from '../../grants/request.ts';
import { invalidPods } from '../../grants/valid-pod.ts';
import type { PodTemplate, StringMap } from '../../kubernetes/pod.ts';
import { serviceAccountOf } from '../../kubernetes/service-account.ts';
import type { Failure } from '../../model/finding.ts';
import { CAPABILITIES_ANNOTATION } from '../../model/names.ts';
import type { Subject } from '../../model/subject.ts';
import type { Policy } from '../../policy/policy.ts';
import type { CapabilityRef } from '../../rules/capabilities/parameters.ts';
import type { Gate } from '../gate.ts';
import { chooseImplementation } from './implementation.ts';
import { ANNOTATION, badRequest, conflictFix, notListed, type RefusedClass, refusal, unknown } from './refusals.ts';

/** What grants depend on besides a template and its policies. */
export interface GrantContext {
  readonly gate: Gate;
  readonly subject: Pick<Subject, 'user' | 'namespace'>;
  readonly namespaceLabels: StringMap;
  /** The classes that the object around the templates asks for: a Sandbox's annotation counts for its pods. */
  readonly outside: Requested;
  /** True for a pod that already exists: nothing can be injected into it any more. */
  readonly runs: boolean;
  /** True for an object that is stored and of which pods are made, such as a Sandbox: classes go into its pods. */
  readonly stored: boolean;
}

/** The outcome for every class that a template asks for or is assigned. */
export interface Grants {
  readonly granted: readonly GrantedClass[];
  readonly refused: readonly RefusedClass[];
  /** The policies that grant a class, by its name. */
  readonly listedBy: ReadonlyMap<string, readonly Policy[]>;
  /** With every granted class merged in: the pod as it will be. The same reference where nothing was missing. */
  readonly template: PodTemplate;
  /**
   * With those merged in that are written into the object itself. For a pod these are all; for a stored object those for
   * which a policy says `into: Object`, since a class that changes would not match what is stored in it any more.
   */
  readonly object: PodTemplate;
}

/** A class that passed every step but the last: comparing it with the pod. */
interface Candidate {
  readonly capability: CapabilityClass;
  readonly implementation: Implementation;
  readonly policies: readonly Policy[];
  /** True where a policy wants the class in stored objects as well. */
  readonly intoObject: boolean;
}

/**
 * Resolves the classes that a template asks for or that policies assign to it; undefined where there are none, as in nearly
 * every template. Pure. Costs a merge for each class, so each template is resolved once in a review and the result handed on.
 * @param policies those that match the template, in order of priority
 */
export function resolveGrants(
  template: PodTemplate,
  policies: readonly Policy[],
  context: GrantContext,
): Grants | undefined {
  const own = requestedClasses(template.metadata?.annotations);
  const requested = bothRequested(context.outside, own);
  const names = namesFor(requested, policies);
  if (names.length === 0 && requested.problem === undefined) return undefined;
  if (policies.length === 0) return undefined;
  const refused: RefusedClass[] = [];
  if (requested.problem !== undefined) refused.push(badRequest(requested.problem, policies));
  const candidates: Candidate[] = [];
  for (const name of names) {
    const found = candidateFor(name, template, policies, context, requested.names.includes(name));
    if (found === undefined) continue;
    if ('failure' in found) refused.push(found);
    else candidates.push(found);
  }
  const grants = merged(template, candidates, refused, context);
  if (!context.runs) {
    const annotated = withAnnotation(grants, names, own.names, context.outside.names);
    if (annotated !== grants) context.gate.trace?.copied(grants.template, annotated.template);
    return annotated;
  }
  // A class that a policy has assigned to everyone since this pod was created is not held against the pod.
  const concerns = ({ name }: RefusedClass): boolean =>
    name === '' || requested.names.includes(name) || holdsPartOf(template, context.gate.policies.classes.get(name));
  return { ...grants, refused: refused.filter(concerns) };
}

/** True where the pod has a container or volume with the name of one of the class's. */
function holdsPartOf({ spec }: PodTemplate, capability: CapabilityClass | undefined): boolean {
  const implementations = capability?.implementations ?? [];
  return implementations.some(
    ({ template: { containerNames, volumeNames } }) =>
      spec?.initContainers?.some(({ name }) => containerNames.has(name ?? '')) ||
      spec?.containers?.some(({ name }) => containerNames.has(name ?? '')) ||
      spec?.volumes?.some(({ name }) => volumeNames.has(name ?? '')),
  );
}

/** The names asked for, in order; then those that policies assign to every workload they match. */
function namesFor(requested: Requested, policies: readonly Policy[]): readonly string[] {
  let always: string[] | undefined;
  for (const { capabilities } of policies) {
    for (const { name, assign } of capabilities) {
      if (assign !== 'Always' || requested.names.includes(name)) continue;
      always ??= [];
      always.push(name);
    }
  }
  return always ? [...new Set([...requested.names, ...always])] : requested.names;
}

/**
 * The class, or why it is not granted; undefined for one that nobody has asked for and that is not for this pod: a policy
 * assigns it to every workload for which a condition of the class holds.
 */
function candidateFor(
  name: string,
  template: PodTemplate,
  policies: readonly Policy[],
  context: GrantContext,
  isRequested: boolean,
): Candidate | RefusedClass | undefined {
  const capability = context.gate.policies.classes.get(name);
  if (!capability) return refusal(name, policies, ...unknown(name, [...context.gate.policies.classes.keys()]));
  const listing = policies.flatMap((policy) => {
    const ref = policy.capabilities.find((listed) => listed.name === name);
    return ref ? [{ policy, ref }] : [];
  });
  const [first] = listing;
  if (!first) return refusal(name, policies, ...notListed(name, policies));
  const by = listing.map(({ policy }) => policy);
  const choice = chooseImplementation(capability, first.ref, template, policies, context);
  if ('failure' in choice && choice.notApplicable && !isRequested) return undefined;
  if ('failure' in choice) return refusal(name, by, choice.failure, choice.fix);
  const unauthorized = authorizationFailure(capability, template, context);
  if (unauthorized) return refusal(name, by, ...unauthorized);
  // A policy that names another implementation does not grant this one.
  const agreeing = listing.filter(({ ref }) => agrees(ref, choice.implementation));
  return {
    capability,
    implementation: choice.implementation,
    policies: agreeing.map(({ policy }) => policy),
    intoObject: listing.some(({ ref }) => ref.into === 'Object'),
  };
}

function agrees(ref: CapabilityRef, implementation: Implementation): boolean {
  return ref.implementation === undefined || ref.implementation === implementation.name;
}

/** Merges the candidates into the template; the containers of the first candidate go first among the init containers. */
function merged(
  template: PodTemplate,
  candidates: readonly Candidate[],
  refused: RefusedClass[],
  { runs, stored, gate }: Pick<GrantContext, 'runs' | 'stored' | 'gate'>,
): Grants {
  const classContainers = new Set(
    candidates.flatMap(({ implementation }) => [...implementation.template.containerNames]),
  );
  const classVolumes = new Set(candidates.flatMap(({ implementation }) => [...implementation.template.volumeNames]));
  const granted: GrantedClass[] = [];
  const listedBy = new Map<string, readonly Policy[]>();
  let current = template;
  let object = template;
  for (const { capability, implementation, policies, intoObject } of candidates.toReversed()) {
    const { name } = capability;
    const mergeContext = { className: name, classContainers, classVolumes };
    // Compared with the template as it was sent, so that conflicts name its own places; merged into what the other classes
    // have made of it.
    const compared = mergeImplementation(template, implementation, mergeContext);
    const result = current === template ? compared : mergeImplementation(current, implementation, mergeContext);
    const conflicts = compared.conflicts.length > 0 ? compared.conflicts : result.conflicts;
    if (conflicts.length > 0) {
      for (const failure of conflicts)
        refused.push({ ...refusal(name, policies, failure, conflictFix(name, failure, stored)), implementation });
      continue;
    }
    const invalid = runs ? [] : invalidPods(result.template, name, implementation, compared.chosen);
    if (invalid.length > 0) {
      for (const { failure, fix } of invalid) refused.push(refusal(name, policies, failure, fix));
      // A pod that has all of the class already is judged as one that has it: the rest of it would be blamed otherwise.
      if (compared.added.length > 0) continue;
    }
    const written = !stored || intoObject;
    if (written)
      object =
        object === current ? result.template : mergeImplementation(object, implementation, mergeContext).template;
    if (result.template !== current) gate.trace?.granted(name, implementation.name, current, result.template);
    current = result.template;
    listedBy.set(name, policies);
    granted.unshift({
      name,
      implementation,
      chosen: compared.chosen,
      missing: written ? compared.added : NOTHING,
      passedOver: compared.passedOver,
    });
  }
  return { granted, refused, listedBy, template: current, object };
}

const NOTHING: readonly string[] = Object.freeze([]);

/**
 * Adds to the template's own annotation what only the object around it asks for: the pods made from the template are judged
 * by themselves later, and carry the template's annotation alone.
 */
function withAnnotation(
  grants: Grants,
  names: readonly string[],
  own: readonly string[],
  outside: readonly string[],
): Grants {
  if (outside.every((name) => own.includes(name))) return grants;
  const asked = names.filter((name) => own.includes(name) || outside.includes(name)).join(',');
  const granted = grants.granted.map((one) =>
    own.includes(one.name) || !outside.includes(one.name)
      ? one
      : { ...one, missing: [...one.missing, ANNOTATION.path] },
  );
  const template = asking(grants.template, asked);
  const object = grants.object === grants.template ? template : asking(grants.object, asked);
  return { ...grants, granted, template, object };
}

function asking(template: PodTemplate, classes: string): PodTemplate {
  const { metadata } = template;
  const annotations = { ...metadata?.annotations, [CAPABILITIES_ANNOTATION]: classes };
  return { ...template, metadata: { ...metadata, annotations } };
}

function authorizationFailure(
  { name, authorization }: CapabilityClass,
  template: PodTemplate,
  { gate, subject }: GrantContext,
): [Failure, string] | undefined {
  if (authorization === 'Policy') return undefined;
  const serviceAccount = serviceAccountOf(template);
  const request = { className: name, namespace: subject.namespace, user: subject.user, serviceAccount };
  const answer = gate.surroundings.mayUse?.(request) ?? 'unknown';
  if (answer === 'allowed') return undefined;
  const { detail, fix } = notAuthorized(request, answer);
  return [{ reason: `capability_not_authorized: ${name}`, detail, fields: [ANNOTATION] }, fix];
}
