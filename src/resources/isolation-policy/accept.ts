// Holds one document against everything a policy has to be: the schema, the rules the schema cannot say, and what its
// author probably did not mean. Files and objects of a cluster are judged here alike, in the same words.
import { compilePolicy } from '../../policy/compile.ts';
import type { Selectable } from '../../policy/select.ts';
import type { Judgement } from '../kind.ts';
import type { DocumentProblem } from '../problems.ts';
import { ruleFaults } from './rules.ts';
import { isIsolationPolicy, schemaFaults } from './validate.ts';
import { doubtsAbout } from './warnings.ts';

const UNEXPLAINED: DocumentProblem = { keys: [], what: 'value', message: 'not a valid IsolationPolicy' };

/**
 * Judges one document. Total: it may be any JSON.
 * @param origin where it stands: `FILE:LINE`, or `isolationpolicy/NAME`
 */
export function acceptPolicy(document: unknown, origin: string): Judgement<Selectable> {
  const rules = ruleFaults(document);
  const errors = [...schemaFaults(document), ...rules.errors];
  if (errors.length > 0) return { errors, warnings: rules.warnings, value: undefined };
  if (!isIsolationPolicy(document)) {
    // Cannot be, as long as every mistake has its words. Were it otherwise, a policy would be dropped in silence.
    return { errors: [UNEXPLAINED], warnings: rules.warnings, value: undefined };
  }
  const value = compilePolicy(document, origin);
  const warnings = [...rules.warnings, ...doubtsAbout(document, value.policy)];
  return { errors, warnings, value };
}
