// YAML: the files as they were written, with what was missing spliced in.
import { stringify } from 'yaml';
import { isJsonText } from '../manifests/json-text.ts';
import type { FilledFile } from './shapes/filled-file.ts';
import type { Format } from './shapes/format.ts';
import { filledText } from './splicing/filled-text.ts';

export const yaml: Format = { name: 'yaml', filledIn: (files) => joinDocuments(files.map(yamlText)) };

/** JSON is turned into YAML here; who wants it to stay JSON asks for that. */
function yamlText(file: FilledFile): string {
  if (!isJsonText(file.text)) return filledText(file);
  // As kubectl reads it, which is YAML 1.1: there the text "yes" needs quotes.
  const options = { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false } as const;
  const documents = file.documents.map(({ after }) => stringify(after, options));
  return joinDocuments(documents);
}

/** One stream of YAML documents from several texts. */
function joinDocuments(texts: readonly string[]): string {
  // Parts, joined once: to look at the end of a growing string makes one string of it, each time anew.
  const parts: string[] = [];
  let end = '';
  for (const text of texts) {
    if (end !== '' && !end.endsWith('\n')) parts.push('\n');
    // A directive (%YAML) is only one after the end of what came before.
    if (end !== '' && text.startsWith('%')) parts.push('...\n');
    else if (end !== '' && !/^---(?:\s|$)/.test(text)) parts.push('---\n');
    parts.push(text);
    end = text === '' && end !== '' ? '\n' : text;
  }
  return end === '' || end.endsWith('\n') ? parts.join('') : `${parts.join('')}\n`;
}
