// How a document is held against everything that its kind has to be, in the same order and words for every kind.
import type { Judgement } from './kind.ts';
import type { DocumentProblem } from './problems.ts';

/** The steps of one kind. Those that take `unknown` are total: the document may be any JSON. */
export interface AcceptanceSteps<Document, T> {
  /** `CapabilityClass`. */
  readonly kind: string;
  /** What the schema finds wrong, in the order of the schema. */
  readonly schemaProblems: (document: unknown) => readonly DocumentProblem[];
  /** True for a document without problems of schema. */
  readonly isValid: (document: unknown) => document is Document;
  /** What the schema cannot say. Each rule looks at its own part, whatever is wrong elsewhere. */
  readonly rules?: (document: unknown) => Pick<Judgement<T>, 'errors' | 'warnings'>;
  /** @param origin where the document stands: `FILE:LINE`, or `capabilityclass/NAME` */
  readonly compile: (document: Document, origin: string) => T;
  /** What is wrong with it as a whole, and is seen only once it is compiled. */
  readonly faults?: (document: Document, value: T) => readonly DocumentProblem[];
  /** More warnings, about an accepted document. */
  readonly warnings?: (document: Document, value: T) => readonly DocumentProblem[];
}

const NOTHING = { errors: [], warnings: [] };

/** The `accept` of a kind. */
export function acceptBy<Document, T>(
  steps: AcceptanceSteps<Document, T>,
): (document: unknown, origin: string) => Judgement<T> {
  const { kind, schemaProblems, isValid, rules = () => NOTHING, compile } = steps;
  const { faults = () => [], warnings: warningsAbout = () => [] } = steps;
  return (document, origin) => {
    const found = rules(document);
    const errors = [...schemaProblems(document), ...found.errors];
    if (errors.length > 0) return { errors, warnings: found.warnings, value: undefined };
    if (!isValid(document)) {
      // Only a bug of ours leads here: an error of the schema that no problem was made of. The document must not pass.
      const unexplained: DocumentProblem = { keys: [], what: 'value', message: `not a valid ${kind}` };
      return { errors: [unexplained], warnings: found.warnings, value: undefined };
    }
    const value = compile(document, origin);
    const faulty = faults(document, value);
    if (faulty.length > 0) return { errors: faulty, warnings: found.warnings, value: undefined };
    return { errors, warnings: [...found.warnings, ...warningsAbout(document, value)], value };
  };
}
