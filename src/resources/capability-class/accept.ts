// Holds one document against everything a capability class has to be. Files and objects of a cluster are judged here
// alike, in the same words.
import type { CapabilityClass } from '../../grants/class.ts';
import type { Judgement } from '../kind.ts';
import type { DocumentProblem } from '../problems.ts';
import { compileClass } from './compile.ts';
import { classRuleProblems } from './rules/index.ts';
import { classSchemaProblems, isCapabilityClass } from './validate.ts';
import { classWarnings } from './warnings/index.ts';

const UNEXPLAINED: DocumentProblem = { keys: [], what: 'value', message: 'not a valid CapabilityClass' };

/**
 * Judges one document. Total: it may be any JSON.
 * @param origin where it stands: `FILE:LINE`, or `capabilityclass/NAME`
 */
export function acceptClass(document: unknown, origin: string): Judgement<CapabilityClass> {
  const errors = [...classSchemaProblems(document), ...classRuleProblems(document)];
  const warnings = classWarnings(document);
  if (errors.length > 0) return { errors, warnings, value: undefined };
  // Cannot be, as long as every mistake has its words. Were it otherwise, a class would be dropped in silence.
  if (!isCapabilityClass(document)) return { errors: [UNEXPLAINED], warnings, value: undefined };
  return { errors, warnings, value: compileClass(document, origin) };
}
