// What a WorkloadKind is held against. Files and objects of a cluster are judged here alike, in the same words.
import type { Workload } from '../../workloads/workload.ts';
import { acceptBy } from '../acceptance.ts';
import { createAjv, whenNeeded } from '../ajv.ts';
import { type DocumentProblem, problemsOf } from '../problems.ts';
import { compileWorkloadKind } from './compile.ts';
import { workloadKindProblems } from './rules.ts';
import { WORKLOAD_KIND_SCHEMA } from './schema.ts';
import type { WorkloadKindDocument } from './spec.ts';

const accepts = whenNeeded(() => createAjv().compile<WorkloadKindDocument>(WORKLOAD_KIND_SCHEMA));

function schemaProblems(document: unknown): readonly DocumentProblem[] {
  return accepts(document) ? [] : problemsOf(accepts.errors());
}

/** Judges one document. Total: it may be any JSON. */
export const acceptWorkloadKind = acceptBy<WorkloadKindDocument, Workload>({
  kind: 'WorkloadKind',
  schemaProblems,
  isValid: (document) => accepts(document),
  rules: (document) => ({ errors: workloadKindProblems(document), warnings: [] }),
  compile: compileWorkloadKind,
});
