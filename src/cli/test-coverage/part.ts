// A kind of part that cases can reach. One kind is one file here, and one line in index.ts.
import type { ContainerRef } from '../../kubernetes/containers.ts';
import type { Place } from '../../manifests/source.ts';
import type { Finding } from '../../model/finding.ts';
import type { LoadedDocument } from '../../resources/load.ts';

/** A part of one document. */
export interface Part {
  /** Empty where the part is the whole document. */
  readonly name: string;
  /** The keys that lead to it in the document. */
  readonly keys: readonly (string | number)[];
  /** Where it stands, if not where these keys lead. */
  readonly place?: Place;
  /** True where this verdict depended on it. */
  readonly isReached: (seen: Seen) => boolean;
}

/** One kind of part. */
export interface PartKind {
  /** In words: `image row`. */
  readonly kind: string;
  /** Those of a document; none of a document that cannot have any. */
  readonly partsOf: (document: LoadedDocument) => readonly Part[];
}

/** What was seen when one object was judged. */
export interface Seen {
  readonly findings: readonly Finding[];
  /** The names of the policies that judged it. */
  readonly policies: ReadonlySet<string>;
  /** `policy/fill-in` of everything that was filled in, in the object or in the pods that come of it. */
  readonly injected: ReadonlySet<string>;
  /** Every container that was judged, with the policies that judged it. */
  readonly containers: readonly { readonly ref: ContainerRef; readonly policies: ReadonlySet<string> }[];
  /** `class/implementation` of everything that was granted. */
  readonly granted: ReadonlySet<string>;
}
