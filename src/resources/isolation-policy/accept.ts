// Holds one document against everything a policy has to be: the schema, the rules the schema cannot say, and what its
// author probably did not mean. Files and objects of a cluster are judged here alike, in the same words.
import { compilePolicy } from '../../policy/compile.ts';
import type { Selectable } from '../../policy/select.ts';
import type { DocumentProblem } from '../problems.ts';
import { ruleFaults } from './rules.ts';
import { isIsolationPolicy, schemaFaults } from './validate.ts';
import { doubtsAbout } from './warnings.ts';

/** What there is to say of a document, and the policy where nothing speaks against it. */
export interface Acceptance {
  readonly errors: readonly DocumentProblem[];
  readonly warnings: readonly DocumentProblem[];
  /** Undefined exactly where there are errors. */
  readonly selectable: Selectable | undefined;
}

const UNEXPLAINED: DocumentProblem = { keys: [], what: 'value', message: 'not a valid IsolationPolicy' };

/**
 * Judges one document.
 * @param origin where it stands: `FILE:LINE`, or `isolationpolicy/NAME`
 */
export function acceptPolicy(document: unknown, origin: string): Acceptance {
  const rules = ruleFaults(document);
  const errors = [...schemaFaults(document), ...rules.errors];
  if (errors.length > 0) return { errors, warnings: rules.warnings, selectable: undefined };
  if (!isIsolationPolicy(document)) {
    // Cannot be, as long as every mistake has its words. Were it otherwise, a policy would be dropped in silence.
    return { errors: [UNEXPLAINED], warnings: rules.warnings, selectable: undefined };
  }
  const selectable = compilePolicy(document, origin);
  const warnings = [...rules.warnings, ...doubtsAbout(document, selectable.policy)];
  return { errors, warnings, selectable };
}
