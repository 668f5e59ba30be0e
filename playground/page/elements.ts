// Elements, made of names and texts. A text never becomes HTML.

/** What an element gets: attributes, and functions to call when it is clicked. */
export interface Attributes {
  readonly [name: string]: string | (() => void);
}

/** An element with attributes and what is in it. */
export function element(name: string, attributes: Attributes, ...children: readonly (Node | string)[]): HTMLElement {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === 'string') made.setAttribute(key, value);
    else made.addEventListener(key, value);
  }
  made.append(...children);
  return made;
}

/**
 * The element of the page with this id.
 * @throws Error where index.html does not have it, or as another kind of element
 */
export function byId<T extends HTMLElement>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (found instanceof kind) return found;
  throw new Error(`index.html: there is not a ${kind.name} with the id ${id}`);
}
