// Edits of a text: which characters to replace by which. All offsets are those of the text before any edit.

/** The characters from `start` to before `end` become `text`. */
export interface Edit {
  readonly start: number;
  /** Equal to `start` for an insertion. */
  readonly end: number;
  readonly text: string;
}

/** Thrown where edits overlap, or where the text cannot be edited in this way. The caller then tries another way. */
export class CannotSplice extends Error {}

/** The text with all edits made. Insertions at the same place are made in the order given. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const parts: string[] = [];
  let done = 0;
  for (const edit of [...edits].sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (edit.start < done) throw new CannotSplice(`edits overlap at ${edit.start}`);
    parts.push(text.slice(done, edit.start), edit.text);
    done = edit.end;
  }
  parts.push(text.slice(done));
  return parts.join('');
}
