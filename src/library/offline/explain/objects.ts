// Explains the verdicts on objects: each is judged as `check` judges it, by an engine that is traced.
import { explainObject } from '../../../engine/explain/object.ts';
import { Recorder } from '../../../engine/explain/recorder.ts';
import { explainUpdate } from '../../../engine/explain/update.ts';
import type { ExplainedResult } from '../../../report/shapes/explained.ts';
import { judge, type OfflineContext } from '../judge.ts';
import type { InputObject } from '../objects.ts';

/**
 * The verdict on an object, and why it is that.
 *
 * @param old what it replaces
 */
export function explainVerdict(object: InputObject, offline: OfflineContext, old?: InputObject): ExplainedResult {
  const recorder = new Recorder();
  const gate = { ...offline.gate, trace: recorder };
  const { result, filled, subject } = judge(object, { ...offline, gate }, old);
  const { findings } = result;
  const explained =
    result.skipReason === undefined || result.skipReason === 'no-policy'
      ? explainObject({ subject, filled, findings, recorder }, offline.gate)
      : { templates: [], around: [] };
  const judging = offline.fillIn ? offline.gate : { ...offline.gate, asWritten: true };
  const update = explainUpdate(subject, findings, judging);
  return { result, explained, operation: subject.operation, ...(update && { update }) };
}
