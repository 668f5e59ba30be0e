// JSON that can be shown on a terminal.

/**
 * What JSON.stringify leaves as it is and a terminal acts upon, or shows in another order: DEL, the C1 controls, the line
 * breaks of Unicode and the marks for the direction of text. They can only stand inside of strings.
 */
const CONTROLS = /[\u007f-\u009f\u2028\u2029\p{Bidi_Control}]/gu;

/** The same JSON with these characters escaped. */
export function asciiControls(written: string): string {
  return written.replace(CONTROLS, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
