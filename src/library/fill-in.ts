// Fills manifests in, as `sandgate inject` does.

import { patchBetween } from '../engine/diff.ts';
import { yaml } from '../report/yaml.ts';
import { inputsOf } from './inputs.ts';
import { fillFile } from './offline/fill-files.ts';
import type { FillReport, Options, Policies, SourceFile } from './types.ts';

/**
 * The files as the mutating webhook would leave their objects: only what is missing is added. Text in YAML keeps its comments
 * and its layout; JSON becomes YAML.
 * @throws TypeError for policies that loadPolicies did not return, and for an implementation that a class does not have
 */
export function fillIn(files: readonly SourceFile[], policies: Policies, options: Options = {}): FillReport {
  const inputs = inputsOf(files, policies, options);
  const filled = inputs.files.map((file) => {
    const one = fillFile(file, inputs.offline, (object, { warnings }) => {
      for (const warning of warnings) inputs.notes.add(`${object.file}:${object.line}: ${warning}`);
    });
    return {
      file: one.file,
      text: yaml.filledIn?.([one]) ?? one.text,
      objects: one.documents.flatMap(({ objects }) =>
        objects.map(({ before, after }) => ({ before, after, patch: patchBetween(before, after) })),
      ),
    };
  });
  return { files: filled, problems: inputs.problems, notes: [...inputs.notes] };
}
