// What a WorkloadKind is held against. Files and objects of a cluster are judged here alike, in the same words.
import type { Workload } from '../../workloads/workload.ts';
import { acceptBy } from '../acceptance.ts';
import { meetsSchema } from '../json-schema/visit.ts';
import { schemaProblems } from '../problems.ts';
import { compileWorkloadKind } from './compile.ts';
import { workloadKindProblems } from './rules.ts';
import { WORKLOAD_KIND_SCHEMA } from './schema.ts';
import type { WorkloadKindDocument } from './spec.ts';

function isWorkloadKind(document: unknown): document is WorkloadKindDocument {
  return meetsSchema(WORKLOAD_KIND_SCHEMA, document);
}

/** Judges one document. Total: it may be any JSON. */
export const acceptWorkloadKind = acceptBy<WorkloadKindDocument, Workload>({
  kind: 'WorkloadKind',
  schemaProblems: (document) => schemaProblems(WORKLOAD_KIND_SCHEMA, document),
  isValid: isWorkloadKind,
  rules: (document) => ({ errors: workloadKindProblems(document), warnings: [] }),
  compile: compileWorkloadKind,
});
