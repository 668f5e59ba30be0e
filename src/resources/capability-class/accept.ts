// Holds one document against everything a capability class has to be. Files and objects of a cluster are judged here
// alike, in the same words.
import type { CapabilityClass } from '../../grants/class.ts';
import type { DocumentProblem } from '../problems.ts';
import { compileClass } from './compile.ts';
import { classRuleProblems } from './rules/index.ts';
import { classSchemaProblems, isCapabilityClass } from './validate.ts';
import { classWarnings } from './warnings/index.ts';

/** What there is to say of a document, and the class where nothing speaks against it. */
export interface ClassAcceptance {
  readonly errors: readonly DocumentProblem[];
  readonly warnings: readonly DocumentProblem[];
  /** Undefined exactly where there are errors. */
  readonly capabilityClass: CapabilityClass | undefined;
}

const UNEXPLAINED: DocumentProblem = { keys: [], what: 'value', message: 'not a valid CapabilityClass' };

/**
 * Judges one document. Total: it may be any JSON.
 * @param origin where it stands: `FILE:LINE`, or `capabilityclass/NAME`
 */
export function acceptClass(document: unknown, origin: string): ClassAcceptance {
  const errors = [...classSchemaProblems(document), ...classRuleProblems(document)];
  const warnings = classWarnings(document);
  if (errors.length > 0) return { errors, warnings, capabilityClass: undefined };
  // Cannot be, as long as every mistake has its words. Were it otherwise, a class would be dropped in silence.
  if (!isCapabilityClass(document)) return { errors: [UNEXPLAINED], warnings, capabilityClass: undefined };
  return { errors, warnings, capabilityClass: compileClass(document, origin) };
}
