// YAML: the files as they were written, with what was missing spliced in.
import { stringify } from 'yaml';
import { isJsonText } from '../manifests/json-text.ts';
import type { FilledFile } from './shapes/filled-file.ts';
import type { Format } from './shapes/format.ts';
import { filledText } from './splicing/filled-text.ts';

export const yaml: Format = { name: 'yaml', filledIn: (files) => joinDocuments(files.map(yamlText)) };

/** A file in JSON becomes YAML as well: `-o json` keeps JSON. */
function yamlText(file: FilledFile): string {
  if (!isJsonText(file.text)) return filledText(file);
  // kubectl reads YAML 1.1, where the string "yes" needs quotes.
  const options = { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false } as const;
  const documents = file.documents.map(({ after }) => stringify(after, options));
  return joinDocuments(documents);
}

/** One stream of YAML documents from several texts. */
function joinDocuments(texts: readonly string[]): string {
  // Joined once at the end: V8 would flatten a growing string each time its end is looked at.
  const parts: string[] = [];
  let end = '';
  for (const text of texts) {
    if (end !== '' && !end.endsWith('\n')) parts.push('\n');
    // A directive (%YAML) has to come after an explicit end of the document before it.
    if (end !== '' && text.startsWith('%')) parts.push('...\n');
    else if (end !== '' && !/^---(?:\s|$)/.test(text)) parts.push('---\n');
    parts.push(text);
    end = text === '' && end !== '' ? '\n' : text;
  }
  return end === '' || end.endsWith('\n') ? parts.join('') : `${parts.join('')}\n`;
}
