// Colours for text on a terminal.
import { styleText } from 'node:util';

type Paint = (text: string) => string;

/** How to paint the parts of a text. Without colours each function returns its argument. */
export interface Style {
  readonly bad: Paint;
  readonly good: Paint;
  readonly caution: Paint;
  readonly strong: Paint;
  readonly faint: Paint;
}

const plain: Paint = (text) => text;

const NO_STYLE: Style = { bad: plain, good: plain, caution: plain, strong: plain, faint: plain };

const COLOURS: Style = {
  bad: painter('red'),
  good: painter('green'),
  caution: painter('yellow'),
  strong: painter('bold'),
  faint: painter('dim'),
};

/** The style with colours, or the one without. */
export function styleFor(colours: boolean): Style {
  return colours ? COLOURS : NO_STYLE;
}

function painter(colour: 'red' | 'green' | 'yellow' | 'bold' | 'dim'): Paint {
  // The caller has decided whether the stream takes colours.
  return (text) => styleText(colour, text, { validateStream: false });
}
