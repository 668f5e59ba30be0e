// Who a container runs as, as far as its template says: the container's own field, else that of the pod. A null field is
// absent.
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

/** True where a field has a value, and is not null. */
export function isGiven<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}
