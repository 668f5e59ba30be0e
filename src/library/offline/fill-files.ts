// Fills in the objects of files, and puts them back into their documents.
import type { SkipCode, SkippedFill } from '../../model/decision.ts';
import { isJsonObject, type JsonObject } from '../../model/json.ts';
import type { FilledDocument, FilledFile, FilledObject } from '../../report/shapes/filled-file.ts';
import { fill, type OfflineContext } from './judge.ts';
import type { InputDocument, InputFile, InputObject } from './objects.ts';

/** Called for each object with what was not filled in, and why. */
export type NoteUnfilled = (object: InputObject, notes: Unfilled) => void;

/** What was not filled in, and why. */
export interface Unfilled {
  /** Why the whole object was left as it is. */
  readonly skip: SkipCode | undefined;
  readonly warnings: readonly string[];
  readonly skipped: readonly SkippedFill[];
}

/** The file with every object as the mutating webhook would leave it. */
export function fillFile(file: InputFile, offline: OfflineContext, note: NoteUnfilled): FilledFile {
  return {
    file: file.file,
    text: file.text,
    documents: file.documents.map((document) =>
      fillDocument(document, (object) => {
        const { object: filled = object.value, skip, warnings, notInjected } = fill(object, offline);
        note(object, { skip, warnings, skipped: notInjected });
        return filled;
      }),
    ),
  };
}

/** The document with every object as `filledIn` gives it. */
export function fillDocument(document: InputDocument, filledIn: (object: InputObject) => JsonObject): FilledDocument {
  const objects: FilledObject[] = [];
  let after = document.value;
  for (const object of document.objects) {
    const filled = filledIn(object);
    objects.push({ before: object.value, after: filled });
    if (filled !== object.value) after = putAt(after, object.keys, filled);
  }
  return { number: document.number, tree: document.tree, before: document.value, after, objects };
}

/** The value with the member at `keys` replaced, copied only along that path. */
function putAt(value: JsonObject, keys: readonly (string | number)[], member: JsonObject): JsonObject {
  const put = (container: unknown, depth: number): unknown => {
    const key = keys[depth];
    if (key === undefined) return member;
    if (Array.isArray(container)) {
      return container.map((item: unknown, index) => (index === key ? put(item, depth + 1) : item));
    }
    return isJsonObject(container) ? { ...container, [key]: put(container[key], depth + 1) } : container;
  };
  const changed = put(value, 0);
  return isJsonObject(changed) ? changed : value;
}
