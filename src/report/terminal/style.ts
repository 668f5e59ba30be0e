// Colours, or none.
import { styleText } from 'node:util';

type Paint = (text: string) => string;

/** How a reader is to see things; each is the identity where there are no colours. */
export interface Style {
  readonly bad: Paint;
  readonly good: Paint;
  readonly doubtful: Paint;
  readonly strong: Paint;
  readonly faint: Paint;
}

const plain: Paint = (text) => text;

const NO_STYLE: Style = { bad: plain, good: plain, doubtful: plain, strong: plain, faint: plain };

const COLOURS: Style = {
  bad: painter('red'),
  good: painter('green'),
  doubtful: painter('yellow'),
  strong: painter('bold'),
  faint: painter('dim'),
};

export function styleFor(colours: boolean): Style {
  return colours ? COLOURS : NO_STYLE;
}

function painter(colour: 'red' | 'green' | 'yellow' | 'bold' | 'dim'): Paint {
  // Whether the stream takes colours has been decided by then, from what the caller knows about it.
  return (text) => styleText(colour, text, { validateStream: false });
}
