// Explains verdicts on manifests, as `sandgate explain` does.

import { explainedRow } from '../report/shapes/explained-rows.ts';
import { summarize } from '../report/shapes/result.ts';
import type { ExplainReport } from './explain-types.ts';
import { inputsOf } from './inputs.ts';
import { explainVerdict } from './offline/explain/objects.ts';
import type { Options, Policies, SourceFile } from './types.ts';

/**
 * Says of every object of some files which policies match and which do not and why, where the values of its pods come from, and what
 * would have to change for it to be let in.
 * @throws TypeError for policies that loadPolicies did not return, and for an implementation that a class does not have
 */
export function explain(files: readonly SourceFile[], policies: Policies, options: Options = {}): ExplainReport {
  const { objects, offline, problems, notes } = inputsOf(files, policies, options);
  const explained = objects.map((object) => explainVerdict(object, offline));
  const summary = summarize(explained.map(({ result }) => result));
  return { objects: explained.map(explainedRow), summary, problems, notes: [...notes] };
}
