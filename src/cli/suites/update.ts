// `sandgate test --update`: writes the expected output of a case anew, as `sandgate inject` would print it.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { stringify } from 'yaml';
import { fillDocument } from '../../library/offline/fill-files.ts';
import type { Judged } from '../../library/offline/judge.ts';
import type { InputFile, InputObject } from '../../library/offline/objects.ts';
import type { JsonObject } from '../../model/json.ts';
import { json } from '../../report/json.ts';
import type { FilledFile } from '../../report/shapes/filled-file.ts';
import { yaml } from '../../report/yaml.ts';
import { type Io, say } from '../io.ts';
import { writeWhole } from '../write-file.ts';

/**
 * Writes the objects as they were filled in: files of the input with their comments, and objects in place as plain YAML. A file
 * whose text would not change is not touched.
 * @param files those of the input; none where the objects stand in the suite
 * @throws UsageError where the file cannot be written
 */
export function writeOutput(file: string, files: readonly InputFile[], judged: readonly Judged[], io: Io): void {
  const text = outputText(file, files, judged);
  if (text === currentText(resolve(io.cwd, file))) return;
  writeWhole(file, text, io.cwd);
  say(io, `${file}: written`);
}

function outputText(file: string, files: readonly InputFile[], judged: readonly Judged[]): string {
  const filled = new Map(judged.map(({ subject, filled: object }) => [subject.object, object]));
  const after = ({ value }: InputObject): JsonObject => filled.get(value) ?? value;
  const documents = files.map(
    (input): FilledFile => ({
      file: input.file,
      text: input.text,
      documents: input.documents.map((document) => fillDocument(document, after)),
    }),
  );
  if (file.endsWith('.json')) return json.filledIn?.(documents.length > 0 ? documents : [plainFile(judged)]) ?? '';
  if (documents.length > 0) return yaml.filledIn?.(documents) ?? '';
  const options = { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false } as const;
  return judged.map(({ filled: object }) => stringify(object, options)).join('---\n');
}

/** Objects that stand in the suite, as a file without a text of its own. */
function plainFile(judged: readonly Judged[]): FilledFile {
  return {
    file: '',
    text: '',
    documents: judged.map(({ subject, filled }, index) => {
      const before = subject.object ?? {};
      return { number: index + 1, tree: undefined, before, after: filled, objects: [{ before, after: filled }] };
    }),
  };
}

function currentText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
