// What a visitor has typed, and what an example gives them to start from.

/** The two texts on the page. */
export interface State {
  /** Policies and capability classes. */
  readonly policies: string;
  readonly manifests: string;
}

/** Something to start from. */
export interface Sample extends State {
  /** The list it is offered in. */
  readonly group: string;
  readonly name: string;
}
