// Collects which parts of policies the cases of all suites reach.
import type { Gate } from '../../engine/gate.ts';
import { involvedIn } from '../../engine/involved.ts';
import { viewOf } from '../../kubernetes/containers.ts';
import type { Judged } from '../../library/offline/judge.ts';
import type { Place } from '../../manifests/source.ts';
import type { Coverage } from '../../report/shapes/coverage.ts';
import { keyOf } from '../../resources/kind.ts';
import type { LoadedDocument } from '../../resources/load.ts';
import { PART_KINDS } from './index.ts';
import type { Part, Seen } from './part.ts';

/** A part, and whether some case has reached it. */
interface Recorded {
  readonly kind: string;
  readonly owner: string;
  /** Of the suite that runs, or of the last one that named the document: each has its own. */
  part: Part;
  readonly place: Place;
  reached: boolean;
}

/** Documents that several suites name are counted once. */
export class CoverageRecorder {
  readonly #recorded = new Map<string, Recorded>();
  /** Those of the suite that runs. */
  #current: readonly Recorded[] = [];

  /** Begins a suite, with the documents that count. */
  begin(documents: readonly LoadedDocument[]): void {
    this.#current = documents.flatMap((document) => this.#partsOf(document));
  }

  /** Takes note of a verdict in the suite that runs. */
  record(judged: Judged, gate: Gate): void {
    const open = this.#current.filter(({ reached }) => !reached);
    if (open.length === 0) return;
    const seen = seenIn(judged, gate);
    for (const recorded of open) recorded.reached = recorded.part.isReached(seen);
  }

  /** What came of all suites, in the order of the kinds, and then of the documents. */
  result(): Coverage {
    const all = [...this.#recorded.values()];
    const items = PART_KINDS.flatMap(({ kind }) => all.filter((recorded) => recorded.kind === kind));
    return {
      items: items.map(({ kind, owner, part: { name }, place, reached }) => ({ kind, owner, name, place, reached })),
    };
  }

  #partsOf(document: LoadedDocument): readonly Recorded[] {
    const owner = `${document.kind.noun} "${keyOf(document.resource)}"`;
    return PART_KINDS.flatMap(({ kind, partsOf }) =>
      partsOf(document).map((part) => {
        const place = part.place ?? document.locate(part.keys);
        const key = JSON.stringify([place.file, document.resource.name, kind, part.keys, part.name]);
        const recorded = this.#recorded.get(key) ?? { kind, owner, part, place, reached: false };
        recorded.part = part;
        this.#recorded.set(key, recorded);
        return recorded;
      }),
    );
  }
}

function seenIn({ result, filled, subject, injected }: Judged, gate: Gate): Seen {
  const involved = involvedIn(subject.object ? { ...subject, object: filled } : subject, gate);
  return {
    findings: result.findings,
    policies: new Set(result.policies),
    injected: new Set([...injected, ...involved.flatMap((one) => one.injected)]),
    containers: involved.flatMap(({ template, policies }) => {
      const names = new Set(policies.map(({ name }) => name));
      return viewOf(template).containers.map((ref) => ({ ref, policies: names }));
    }),
    granted: new Set(involved.flatMap(({ granted }) => granted.map((one) => `${one.className}/${one.implementation}`))),
  };
}
