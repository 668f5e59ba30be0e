// What a template says of who a container runs as: a container's own word, else the pod's; null says nothing.
import type { Container, PodSecurityContext } from './pod.ts';

type PodSecurity = PodSecurityContext | null | undefined;

export function statedUser(container: Container, pod: PodSecurity): number | undefined {
  return container.securityContext?.runAsUser ?? pod?.runAsUser ?? undefined;
}

export function statedGroup(container: Container, pod: PodSecurity): number | undefined {
  return container.securityContext?.runAsGroup ?? pod?.runAsGroup ?? undefined;
}

export function statedNonRoot(container: Container, pod: PodSecurity): boolean | undefined {
  return container.securityContext?.runAsNonRoot ?? pod?.runAsNonRoot ?? undefined;
}

/** True where somebody wrote a value; `null` is none. */
export function isGiven<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}
