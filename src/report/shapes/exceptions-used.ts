// The exceptions that let something in, each with how many findings it covers.
import type { ExceptionUse } from '../../model/finding.ts';
import { compareBytewise } from '../../model/text.ts';
import type { Result } from './result.ts';

/** One exception that is in use. */
export interface ExceptionInUse {
  /** `team-a/vpn`; absent for an entry of the policy itself. */
  readonly name?: string;
  readonly policy: string;
  /** Sorted. */
  readonly checks: readonly string[];
  readonly reason: string;
  readonly expires?: string;
  /** How many offending fields it covers. */
  readonly findings: number;
}

/** Every exception that is in use, those of policies first, then by name. */
export function exceptionsUsed(results: readonly Result[]): readonly ExceptionInUse[] {
  const found = new Map<ExceptionUse, { readonly policy: string; readonly checks: Set<string>; findings: number }>();
  for (const { policy, check, excepted, fields } of results.flatMap(({ findings }) => findings)) {
    if (!excepted) continue;
    const known = found.get(excepted) ?? { policy, checks: new Set(), findings: 0 };
    found.set(excepted, known);
    known.checks.add(check);
    known.findings += fields.length;
  }
  const rows = [...found].map(([{ name, reason, expires }, { policy, checks, findings }]): ExceptionInUse => {
    const sorted = [...checks].toSorted(compareBytewise);
    return {
      ...(name !== undefined && { name }),
      policy,
      checks: sorted,
      reason,
      ...(expires !== undefined && { expires }),
      findings,
    };
  });
  return rows.toSorted((a, b) => compareBytewise(a.name ?? '', b.name ?? '') || compareBytewise(a.policy, b.policy));
}
