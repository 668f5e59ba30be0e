// Judges what an audit reads, object by object.

import { type Gap, gapsOf } from '../../library/offline/gaps/gaps.ts';
import { judge } from '../../library/offline/judge.ts';
import { subjectOf } from '../../library/offline/subject.ts';
import { compileGlob } from '../../model/glob.ts';
import type { Result } from '../../report/shapes/result.ts';
import type { ProgressLine } from '../progress.ts';
import type { AuditInput } from './audit-input.ts';
import { Ledger, type LedgerOptions } from './ledger.ts';

/** What an audit found. */
export interface Audited {
  readonly results: readonly Result[];
  /** What the verdicts do not cover. */
  readonly gaps: readonly Gap[];
}

/** Which objects to judge, and how to report pods. */
export interface AuditOptions extends LedgerOptions {
  /** All namespaces where there are none. */
  readonly namespaces: readonly string[];
  /** Patterns of namespaces that are not judged; `*` stands for any characters. */
  readonly excludedNamespaces: readonly string[];
}

/** Judges every object: pods as they run, and controllers by the pods that they would make now. */
export async function runAudit(input: AuditInput, options: AuditOptions, progress: ProgressLine): Promise<Audited> {
  const ledger = new Ledger(options);
  const isWanted = namespaceFilter(options);
  const { offline, prepare, assumed } = input;
  const { policies } = offline.gate;
  for await (const object of input.objects()) {
    const subject = subjectOf(object, offline.namespace, offline.user, policies.workloads);
    if (!isWanted(subject.namespace)) continue;
    const gate = (await prepare?.(subject, offline.gate, 'validate')) ?? offline.gate;
    const { result } = judge(object, { ...offline, gate });
    ledger.add(object, result, gapsOf(object, result, policies, assumed));
    progress.show(() => `judged ${ledger.count}`);
  }
  progress.clear();
  return { results: ledger.results(), gaps: ledger.gaps() };
}

/** What belongs to no namespace is never excluded. */
function namespaceFilter({ namespaces, excludedNamespaces }: AuditOptions): (namespace: string) => boolean {
  const wanted = new Set(namespaces);
  const excluded = excludedNamespaces.map(compileGlob);
  return (namespace) => {
    if (wanted.size > 0 && !wanted.has(namespace)) return false;
    return namespace === '' || !excluded.some((matches) => matches(namespace));
  };
}
