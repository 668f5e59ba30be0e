// A result without the object that it is about: of an audit thousands are kept.
import { hash } from 'node:crypto';
import type { Place } from '../../manifests/source.ts';
import type { Finding } from '../../model/finding.ts';
import type { Result } from '../../report/shapes/result.ts';

/** The result without the patch, and with the places of what was found and no others. */
export function compact(result: Result): Result {
  return { ...result, patch: [], placeOf: keptPlaces(result) };
}

/** The places of the fields that findings are about; for all other fields that of the object. */
export function keptPlaces(result: Result): Result['placeOf'] {
  const place = result.placeOf('');
  const others = new Map<string, Place>();
  for (const { fields } of result.findings) {
    for (const { path } of fields) {
      const own = result.placeOf(path);
      if (own.line !== place.line || own.column !== place.column) others.set(path, own);
    }
  }
  return (path) => others.get(path) ?? place;
}

/** Findings that are the same word for word are held once: most controllers of a cluster that violate a check do so alike. */
export class SharedFindings {
  readonly #byHash = new Map<string, readonly Finding[]>();

  of(findings: readonly Finding[]): readonly Finding[] {
    if (findings.length === 0) return NO_FINDINGS;
    const key = hash('sha256', JSON.stringify(findings), 'base64');
    const known = this.#byHash.get(key);
    if (known) return known;
    this.#byHash.set(key, findings);
    return findings;
  }
}

const NO_FINDINGS: readonly Finding[] = [];

/** What a finding says, but for where it stands in the object: the fields of a pod have other paths in its Deployment. */
export function findingKey({ policy, check, action, excepted, fields }: Finding): string {
  const containers = new Set(fields.map(({ container }) => container ?? ''));
  return JSON.stringify([policy, check, action, excepted?.name ?? excepted?.reason, [...containers].toSorted()]);
}

/** True where everything that is said of `part` is said of `whole` as well. */
export function isSaidBy(part: Result, whole: Result): boolean {
  if (part.verdict !== 'skipped' && whole.verdict === 'skipped') return false;
  const warned = new Set([...whole.warnings, ...(whole.unchecked ?? [])]);
  if (![...part.warnings, ...(part.unchecked ?? [])].every((warning) => warned.has(warning))) return false;
  if (part.findings.length === 0) return true;
  const said = new Set(whole.findings.map(findingKey));
  return part.findings.every((finding) => said.has(findingKey(finding)));
}
