// What is counted of the events about what is refused, where they are written.
import type { Registry } from 'prom-client';
import { DENIAL_EVENTS } from './cluster-definitions.ts';
import { counter } from './instruments.ts';

/**
 * Adds the count of refusals by what became of them.
 * @param outcomes the words that may come
 */
export function denialCounts(
  registry: Registry,
  outcomes: readonly string[],
): (outcome: string, denials: number) => void {
  const denied = counter(registry, DENIAL_EVENTS);
  for (const outcome of outcomes) denied.inc({ outcome }, 0);
  return (outcome, denials) => denied.inc({ outcome }, denials);
}
