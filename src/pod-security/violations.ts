// What checks make violations with, and what their sentences have in common.
import { type ContainerRef, containerPath } from '../kubernetes/containers.ts';
import type { JudgedContainer, Violation } from '../model/finding.ts';
import { joinQuoted, pluralize, sortBytewise } from '../model/text.ts';

/** The list with one more; made where there is none yet, so that a pod without violations costs no list. */
export function append(found: Violation[] | undefined, violation: Violation): Violation[] {
  if (found === undefined) return [violation];
  found.push(violation);
  return found;
}

/**
 * A field of a container.
 * @param field its path inside the container
 */
export function inContainer(ref: ContainerRef, field: string, value: unknown): Violation {
  return { path: containerPath(ref, field), container: ref.name, value, of: ref };
}

/** The names of the containers that the violations are in: in order, and as often as containers have the name. */
export function containersIn(violations: readonly Violation[]): string[] {
  const names: string[] = [];
  let last: JudgedContainer | undefined;
  for (const { of } of violations) {
    if (of === undefined || of === last) continue;
    names.push(of.name);
    last = of;
  }
  return names;
}

/** `container "a"`, `containers "a", "b"`. */
export function nameContainers(names: readonly string[]): string {
  return `${pluralize('container', 'containers', names.length)} ${joinQuoted(names)}`;
}

/** Who sets a field that pods have too: `pod`, the containers, or both. To be joined with "and". */
export function settersOf(violations: readonly Violation[]): string[] {
  const setters = violations.some(isOfPod) ? ['pod'] : [];
  const names = containersIn(violations);
  if (names.length > 0) setters.push(nameContainers(names));
  return setters;
}

function isOfPod({ container }: Violation): boolean {
  return container === undefined;
}

/**
 * Who could set a field that pods have too, and does not: `pod or container "a"`. Violations of the pod alone are left
 * where those of its containers were taken out.
 */
export function podOrContainers(violations: readonly Violation[]): string {
  const names = containersIn(violations);
  return names.length === 0 ? 'pod' : `pod or ${nameContainers(names)}`;
}

/** The values as text, each once and sorted. What is absent or null is the empty text, as it is to Go. */
export function valuesOf(violations: readonly Violation[]): string[] {
  return sortBytewise(new Set(violations.map(({ value }) => textOf(value))));
}

/** A string or number as text; the empty text for anything else. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : '';
}

/**
 * What to say of SYS_PTRACE in an ephemeral container: `kubectl debug` asks for it unless it is told otherwise. Empty where
 * there is none.
 */
export function debugHint(violations: readonly Violation[]): string {
  const debugs = violations.some(({ path, value }) => value === 'SYS_PTRACE' && path.includes('ephemeralContainers['));
  return debugs ? ' (kubectl debug --profile=restricted asks for no capability)' : '';
}
