// The difference between the manifests as written and as filled in.
import { structuredPatch } from 'diff';

/** A line of a unified difference. */
export interface DifferenceLine {
  readonly kind: 'added' | 'removed' | 'same' | 'range';
  /** With the sign in front of it. */
  readonly text: string;
}

const KINDS: Readonly<Record<string, DifferenceLine['kind']>> = { '+': 'added', '-': 'removed', ' ': 'same' };

/** The lines of a unified difference; none where the texts are the same. */
export function differenceOf(before: string, after: string): readonly DifferenceLine[] {
  const { hunks } = structuredPatch('', '', before, after, '', '', { context: 3 });
  return hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }): readonly DifferenceLine[] => [
    { kind: 'range', text: `@@ -${oldStart},${oldLines} +${newStart},${newLines} @@` },
    ...lines.flatMap((text) => {
      const kind = KINDS[text.charAt(0)];
      // Else the remark that a file does not end with a line break, which says nothing of an editor's text.
      return kind ? [{ kind, text }] : [];
    }),
  ]);
}
