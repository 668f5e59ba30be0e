// The two editors.
import { indentWithTab } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, lintGutter, setDiagnostics } from '@codemirror/lint';
import { keymap } from '@codemirror/view';
import { classHighlighter } from '@lezer/highlight';
import { basicSetup, EditorView } from 'codemirror';
import type { Mark } from '../outcome.ts';

/** One of the editors. */
export interface Editor {
  text(): string;
  /** Replaces the text, which the visitor can undo. */
  replace(text: string): void;
  /** Shows marks at their lines, in the place of those before. */
  mark(marks: readonly Mark[]): void;
  /** Puts the cursor at a place, and the focus into the editor. */
  goTo(line: number, column: number): void;
}

/** The name of the nonce in index.html: the one style sheet that the editor makes is let in by it. */
const NONCE = 'editor';

/** Colours from the page's own, so that they follow the visitor's choice of light or dark. */
const COLOURS = EditorView.theme({
  '&': { color: 'var(--ink)', backgroundColor: 'var(--paper)' },
  '&.cm-focused': { outline: '3px solid var(--link)' },
  '.cm-content': { caretColor: 'var(--ink)' },
  '.cm-cursor, .cm-dropCursor': { borderLeftColor: 'var(--ink)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground, ::selection': {
    backgroundColor: 'var(--selection)',
  },
  '.cm-gutters': { color: 'var(--faint)', backgroundColor: 'var(--page)', borderRightColor: 'var(--line)' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'color-mix(in srgb, var(--mark) 60%, transparent)' },
  '.cm-panels, .cm-tooltip, .cm-foldPlaceholder': {
    color: 'var(--ink)',
    backgroundColor: 'var(--page)',
    borderColor: 'var(--line)',
  },
  '.cm-panels button, .cm-panels input': {
    color: 'var(--ink)',
    backgroundImage: 'none',
    backgroundColor: 'var(--paper)',
  },
  '.cm-panel.cm-panel-lint ul [aria-selected]': { color: 'var(--ink)', backgroundColor: 'var(--selection)' },
  '.cm-tooltip': { maxWidth: 'min(34rem, 90vw)' },
});

/**
 * Puts an editor into an element.
 * @param label what a screen reader calls it
 * @param onChange called after every change of the text
 */
export function createEditor(parent: Element, label: string, onChange: () => void): Editor {
  const view = new EditorView({
    parent,
    extensions: [
      EditorView.cspNonce.of(NONCE),
      basicSetup,
      keymap.of([indentWithTab]),
      yaml(),
      lintGutter(),
      syntaxHighlighting(classHighlighter),
      COLOURS,
      EditorView.contentAttributes.of({ 'aria-label': label, 'aria-describedby': 'keys' }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) onChange();
      }),
    ],
  });
  return {
    text: () => view.state.doc.toString(),
    replace(text) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text }, selection: { anchor: 0 } });
    },
    mark(marks) {
      view.dispatch(
        setDiagnostics(
          view.state,
          marks.map((mark) => diagnosticOf(view, mark)),
        ),
      );
    },
    goTo(line, column) {
      const { from } = rangeOf(view, line, column);
      view.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: 'center' }) });
      view.focus();
    },
  };
}

function diagnosticOf(view: EditorView, { line, column, severity, message }: Mark): Diagnostic {
  return { ...rangeOf(view, line, column), severity, message };
}

/** From a place to the end of its line. Line 0 is the file as a whole, which is shown at its first line. */
function rangeOf({ state: { doc } }: EditorView, line: number, column: number): { from: number; to: number } {
  const { from, to } = doc.line(Math.min(Math.max(line, 1), doc.lines));
  return { from: Math.min(from + Math.max(column - 1, 0), to), to };
}
