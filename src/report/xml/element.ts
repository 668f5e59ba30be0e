// XML as text: elements with attributes, and text in which every character is one that XML 1.0 allows.
import { printable } from '../terminal/printable.ts';

/** An element; attributes that are undefined are left out. */
export interface XmlElement {
  readonly name: string;
  readonly attributes?: Readonly<Record<string, string | number | undefined>>;
  /** Elements, or lines of text. */
  readonly children?: readonly (XmlElement | string)[];
}

const INDENT = '  ';

/** A whole document, with its declaration. */
export function xmlDocument(root: XmlElement): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${elementLines(root, '').join('\n')}\n`;
}

function elementLines({ name, attributes = {}, children = [] }: XmlElement, indent: string): string[] {
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined);
  const start = [name, ...given.map(([key, value]) => `${key}="${escaped(String(value))}"`)].join(' ');
  if (children.length === 0) return [`${indent}<${start}/>`];
  if (children.every((child) => typeof child === 'string')) {
    // Text keeps its own indentation: what is between the tags is shown as it is.
    return `${indent}<${start}>${children.map(escaped).join('\n')}</${name}>`.split('\n');
  }
  const inside = children.flatMap((child) =>
    typeof child === 'string' ? [escaped(child)] : elementLines(child, indent + INDENT),
  );
  return [`${indent}<${start}>`, ...inside, `${indent}</${name}>`];
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/**
 * One line of text. XML 1.0 has no way to write most control characters, halves of characters and U+FFFE and U+FFFF, not even
 * as references (https://www.w3.org/TR/xml/#charsets): they are shown as `\u{1b}`, as on a terminal.
 */
function escaped(text: string): string {
  return printable(text)
    .replaceAll(/[\ufffe\uffff]/g, (character) => `\\u{${character.charCodeAt(0).toString(16)}}`)
    .replaceAll(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
}
