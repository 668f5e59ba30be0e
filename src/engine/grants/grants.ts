// Which classes a pod template is granted, and why not the others: asked for, listed by a policy, implemented, authorised,
// and equal to what the class says, in this order.

import { notAuthorized } from '../../grants/authorization-words.ts';
import type { CapabilityClass, Implementation } from '../../grants/class.ts';
import type { GrantedClass } from '../../grants/granted.ts';
import { mergeImplementation } from '../../grants/merge.ts';
import { quoteAscii, quoteShort } from '../../grants/quote.ts';
import { bothRequested, type Requested, requestedClasses } from '../../grants/request.ts';
import type { PodTemplate, StringMap } from '../../kubernetes/pod.ts';
import { serviceAccountOf } from '../../kubernetes/service-account.ts';
import type { Failure } from '../../model/finding.ts';
import { CAPABILITIES_ANNOTATION } from '../../model/names.ts';
import type { Subject } from '../../model/subject.ts';
import type { Policy } from '../../policy/policy.ts';
import type { CapabilityRef } from '../../rules/capabilities/parameters.ts';
import type { Gate } from '../gate.ts';
import { chooseImplementation } from './implementation.ts';

/** All that grants depend on, beside a template and its policies. */
export interface GrantContext {
  readonly gate: Gate;
  readonly subject: Pick<Subject, 'user' | 'namespace'>;
  readonly namespaceLabels: StringMap;
  /** What the object around the templates asks for: a Sandbox's annotation counts for its pods. */
  readonly outside: Requested;
  /** True for a pod that exists: nothing can be injected into it any more. */
  readonly runs: boolean;
}

/** A class that is not granted. */
export interface RefusedClass {
  /** Empty where it is the request as a whole that is wrong. */
  readonly name: string;
  readonly failure: Failure;
  readonly fix: string;
  /** The policies that list the class; where none does, all that match. */
  readonly policies: readonly Policy[];
}

/** What became of everything a template asks for. */
export interface Grants {
  readonly granted: readonly GrantedClass[];
  readonly refused: readonly RefusedClass[];
  /** The policies that grant a class, by its name. */
  readonly listedBy: ReadonlyMap<string, readonly Policy[]>;
  /** With every granted class merged in; the same reference where nothing was missing. */
  readonly template: PodTemplate;
}

/** A class that passed every question but the last. */
interface Candidate {
  readonly capability: CapabilityClass;
  readonly implementation: Implementation;
  readonly policies: readonly Policy[];
}

/**
 * Resolves what a template asks for; undefined where it asks for nothing, as nearly all do.
 * @param policies those that match the template, in order of priority
 */
export function resolveGrants(
  template: PodTemplate,
  policies: readonly Policy[],
  context: GrantContext,
): Grants | undefined {
  const requested = bothRequested(context.outside, requestedClasses(template.metadata?.annotations));
  const names = namesFor(requested, policies);
  if (names.length === 0 && requested.problem === undefined) return undefined;
  if (policies.length === 0) return undefined;
  const refused: RefusedClass[] = [];
  if (requested.problem !== undefined) refused.push(badRequest(requested.problem, policies));
  const candidates: Candidate[] = [];
  for (const name of names) {
    const found = candidateFor(name, template, policies, context);
    if ('failure' in found) refused.push(found);
    else candidates.push(found);
  }
  const grants = merged(template, candidates, refused);
  if (!context.runs) return withAnnotation(grants, names, template, context);
  // A class that a policy has given to everyone since then is nothing that this pod asked for: it is judged without it.
  const concerns = ({ name }: RefusedClass): boolean =>
    name === '' || requested.names.includes(name) || holdsPartOf(template, context.gate.policies.classes.get(name));
  return { ...grants, refused: refused.filter(concerns) };
}

/** True where something in the pod has the name of a container or volume of the class: then it may be the class's. */
function holdsPartOf({ spec }: PodTemplate, capability: CapabilityClass | undefined): boolean {
  const implementations = capability?.implementations ?? [];
  return implementations.some(
    ({ template: { containerNames, volumeNames } }) =>
      spec?.initContainers?.some(({ name }) => containerNames.has(name ?? '')) ||
      spec?.containers?.some(({ name }) => containerNames.has(name ?? '')) ||
      spec?.volumes?.some(({ name }) => volumeNames.has(name ?? '')),
  );
}

/** Asked for first, in order; then what policies give to everyone they match. */
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

function candidateFor(
  name: string,
  template: PodTemplate,
  policies: readonly Policy[],
  context: GrantContext,
): Candidate | RefusedClass {
  const capability = context.gate.policies.classes.get(name);
  if (!capability) return refusal(name, policies, ...unknown(name, context));
  const listing = policies.flatMap((policy) => {
    const ref = policy.capabilities.find((listed) => listed.name === name);
    return ref ? [{ policy, ref }] : [];
  });
  const [first] = listing;
  if (!first) return refusal(name, policies, ...notListed(name, policies));
  const by = listing.map(({ policy }) => policy);
  const choice = chooseImplementation(capability, first.ref, template, policies, context);
  if ('failure' in choice) return refusal(name, by, choice.failure, choice.fix);
  const unauthorized = authorizationFailure(capability, template, context);
  if (unauthorized) return refusal(name, by, ...unauthorized);
  // A policy that wants another implementation does not grant this one.
  const agreeing = listing.filter(({ ref }) => agrees(ref, choice.implementation));
  return { capability, implementation: choice.implementation, policies: agreeing.map(({ policy }) => policy) };
}

function agrees(ref: CapabilityRef, implementation: Implementation): boolean {
  return ref.implementation === undefined || ref.implementation === implementation.name;
}

/** Merges the candidates; the first in the list ends up first among the init containers. */
function merged(template: PodTemplate, candidates: readonly Candidate[], refused: RefusedClass[]): Grants {
  const classContainers = new Set(
    candidates.flatMap(({ implementation }) => [...implementation.template.containerNames]),
  );
  const granted: GrantedClass[] = [];
  const listedBy = new Map<string, readonly Policy[]>();
  let current = template;
  for (const { capability, implementation, policies } of candidates.toReversed()) {
    const { name } = capability;
    // Held against the pod as it came, so that places are its own; merged into what other classes made of it.
    const held = mergeImplementation(template, implementation, { className: name, classContainers });
    const result =
      current === template ? held : mergeImplementation(current, implementation, { className: name, classContainers });
    const conflicts = held.conflicts.length > 0 ? held.conflicts : result.conflicts;
    if (conflicts.length > 0) {
      for (const failure of conflicts) refused.push(refusal(name, policies, failure, conflictFix(name)));
      continue;
    }
    current = result.template;
    listedBy.set(name, policies);
    granted.unshift({ name, implementation, chosen: held.chosen, missing: held.added });
  }
  return { granted, refused, listedBy, template: current };
}

/** What the object around asks for has to be on the pods themselves: they are judged by themselves, later. */
function withAnnotation(
  grants: Grants,
  names: readonly string[],
  template: PodTemplate,
  { outside }: GrantContext,
): Grants {
  const own = requestedClasses(template.metadata?.annotations).names;
  if (outside.names.every((name) => own.includes(name))) return grants;
  const { metadata } = grants.template;
  const asked = names.filter((name) => own.includes(name) || outside.names.includes(name)).join(',');
  const annotations = { ...metadata?.annotations, [CAPABILITIES_ANNOTATION]: asked };
  const granted = grants.granted.map((one) =>
    own.includes(one.name) || !outside.names.includes(one.name)
      ? one
      : { ...one, missing: [...one.missing, ANNOTATION.path] },
  );
  return { ...grants, granted, template: { ...grants.template, metadata: { ...metadata, annotations } } };
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

const ANNOTATION = { path: `metadata.annotations[${CAPABILITIES_ANNOTATION}]` };

function unknown(name: string, { gate }: GrantContext): [Failure, string] {
  const known = [...gate.policies.classes.keys()];
  const detail =
    known.length === 0 ? 'there are no capability classes' : `the classes are ${known.slice(0, 10).join(', ')}`;
  const reason = `unknown_capability: ${isPlain(name) ? name : quoteAscii(name)}`;
  return [{ reason, detail, fields: [ANNOTATION] }, 'ask for a class that exists, or ask an administrator to add it'];
}

function notListed(name: string, policies: readonly Policy[]): [Failure, string] {
  const names = policies.map((policy) => quoteShort(policy.name)).join(', ');
  const detail = `no policy that matches lists it: ${names}`;
  const reason = `${name.replaceAll('-', '_')}_capability_not_configured`;
  const fix = `ask an administrator to list class ${quoteShort(name)} under capabilities of a policy that matches`;
  return [{ reason, detail, fields: [ANNOTATION] }, fix];
}

function badRequest(problem: string, policies: readonly Policy[]): RefusedClass {
  const [code = problem, ...rest] = problem.split(': ');
  const failure = { reason: code, detail: rest.join(': '), fields: [ANNOTATION] };
  return refusal(
    '',
    policies,
    failure,
    `write the names of classes into ${CAPABILITIES_ANNOTATION}, with commas between`,
  );
}

function conflictFix(name: string): string {
  return `leave what belongs to class ${quoteShort(name)} to the mutating webhook, and use other names and paths for your own`;
}

function refusal(name: string, policies: readonly Policy[], failure: Failure, fix: string): RefusedClass {
  return { name, policies, failure, fix };
}

function isPlain(name: string): boolean {
  return /^[a-z0-9.-]{1,63}$/.test(name);
}
