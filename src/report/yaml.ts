// YAML: the files as they were written, with what was missing spliced in.
import { stringify } from 'yaml';
import type { FilledFile } from './shapes/filled-file.ts';
import type { Format } from './shapes/format.ts';
import { filledText, isJsonText } from './splicing/filled-text.ts';

export const yaml: Format = { name: 'yaml', filledIn: (files) => joinDocuments(files.map(yamlText)) };

/** JSON is turned into YAML here; who wants it to stay JSON asks for that. */
function yamlText(file: FilledFile): string {
  if (!isJsonText(file.text)) return filledText(file);
  const documents = file.documents.map(({ after }) => stringify(after, { lineWidth: 0, aliasDuplicateObjects: false }));
  return joinDocuments(documents);
}

/** One stream of YAML documents from several texts. */
function joinDocuments(texts: readonly string[]): string {
  let stream = '';
  for (const text of texts) {
    if (stream !== '' && !stream.endsWith('\n')) stream += '\n';
    // A directive (%YAML) is only one after the end of what came before.
    if (stream !== '' && text.startsWith('%')) stream += '...\n';
    else if (stream !== '' && !/^---(?:\s|$)/.test(text)) stream += '---\n';
    stream += text;
  }
  return stream === '' || stream.endsWith('\n') ? stream : `${stream}\n`;
}
