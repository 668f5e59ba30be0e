// JSON patches (RFC 6902): one line for each object, in the order of the input; `[]` where nothing was missing.
import { patchBetween } from '../engine/diff.ts';
import type { FilledFile } from './shapes/filled-file.ts';
import type { Format } from './shapes/format.ts';

export const patch: Format = { name: 'patch', filledIn: patchLines };

function patchLines(files: readonly FilledFile[]): string {
  const objects = files.flatMap((file) => file.documents.flatMap((document) => document.objects));
  return objects.map(({ before, after }) => `${JSON.stringify(patchBetween(before, after))}\n`).join('');
}
