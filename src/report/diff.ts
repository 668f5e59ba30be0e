// A unified diff of the files, such as `patch -p1` and `git apply` take.
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import type { FilledFile } from './shapes/filled-file.ts';
import type { Format } from './shapes/format.ts';
import { filledText } from './splicing/filled-text.ts';

export const diff: Format = {
  name: 'diff',
  filledIn: (files) => files.map(fileDiff).join(''),
  takesWholeFiles: true,
};

function fileDiff(file: FilledFile): string {
  const after = filledText(file);
  if (after === file.text) return '';
  const name = file.file.replace(/^\/+/, '');
  const options = { context: 3, headerOptions: FILE_HEADERS_ONLY };
  const patch = createTwoFilesPatch(`a/${name}`, `b/${name}`, file.text, after, undefined, undefined, options);
  return patch.endsWith('\n') ? patch : `${patch}\n`;
}
