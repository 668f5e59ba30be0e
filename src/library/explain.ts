// Explains verdicts on manifests, as `sandgate explain` does.
import { explainedRow } from '../report/shapes/explained-rows.ts';
import { summarize } from '../report/shapes/result.ts';
import type { ExplainOptions, ExplainReport } from './explain-types.ts';
import { inputsOf } from './inputs.ts';
import { explainVerdict } from './offline/explain/objects.ts';
import { parseFiles } from './offline/objects.ts';
import { replacedBy } from './offline/replaced.ts';
import type { Policies, SourceFile } from './types.ts';

/**
 * Says of every object of some files which policies match and which do not and why, where the values of its pods come from, and what
 * would have to change for it to be let in.
 * @throws TypeError for policies that loadPolicies did not return, and for an implementation that a class does not have
 */
export function explain(files: readonly SourceFile[], policies: Policies, options: ExplainOptions = {}): ExplainReport {
  const { objects, offline, problems, notes } = inputsOf(files, policies, options);
  const replaced = parseFiles(options.old ?? []);
  const old = replaced.files.flatMap(({ documents }) => documents.flatMap((document) => document.objects));
  const { namespace, user, gate } = offline;
  const asking = { namespace, user, workloads: gate.policies.workloads };
  const explained = objects.map((object) => explainVerdict(object, offline, replacedBy(object, old, asking)));
  const summary = summarize(explained.map(({ result }) => result));
  return {
    objects: explained.map(explainedRow),
    summary,
    problems: [...problems, ...replaced.problems],
    notes: [...notes],
  };
}
