// How violations of volumes and their mounts are put into sentences: who must do what, and what was found.
import type { Sentence, Violation } from '../../model/finding.ts';
import { escapedNote, joinQuoted, pluralize, quoteVisible } from '../../model/text.ts';
import { containersIn, nameContainers } from '../../pod-security/violations.ts';

/** The text that was found, where it is worth saying. */
type Found = (violation: Violation) => string | undefined;

/** One sentence for each demand, which violations have as their `kind`: `volume "a" must …, found "b"`. */
export function describeDemands(
  reason: string,
  found: Found = textFound,
): (violations: readonly Violation[]) => Sentence {
  return (violations) => {
    const byDemand = new Map<string, Violation[]>();
    for (const violation of violations) {
      const { kind = '' } = violation;
      const known = byDemand.get(kind);
      if (known) known.push(violation);
      else byDemand.set(kind, [violation]);
    }
    const clauses = [...byDemand].map(([demand, group]) => {
      const texts = [...new Set(group.flatMap((violation) => found(violation) ?? []))];
      const seen = texts.length === 0 ? '' : `, found ${texts.map(quoteVisible).join(', ')}`;
      return `${nameOwners(group)} ${demand}${seen}${escapedNote(texts)}`;
    });
    return { reason, detail: clauses.join('; ') };
  };
}

function textFound({ value }: Violation): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The containers of mounts; else the volumes. */
function nameOwners(violations: readonly Violation[]): string {
  const containers = containersIn(violations);
  if (containers.length > 0) return nameContainers(containers);
  const volumes = violations.map(({ volume = '' }) => volume);
  return `${pluralize('volume', 'volumes', volumes.length)} ${joinQuoted(volumes)}`;
}
