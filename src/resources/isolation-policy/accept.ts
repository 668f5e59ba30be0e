// What a policy is held against: the schema, the rules the schema cannot say, and what its author probably did not mean.
// Files and objects of a cluster are judged here alike, in the same words.
import { compilePolicy } from '../../policy/compile.ts';
import type { Selectable } from '../../policy/select.ts';
import type { IsolationPolicy } from '../../policy/spec.ts';
import { acceptBy } from '../acceptance.ts';
import { contradictionsIn } from './contradictions.ts';
import { ruleFaults } from './rules.ts';
import { isIsolationPolicy, schemaFaults } from './validate.ts';
import { doubtsAbout } from './warnings.ts';

/** Judges one document. Total: it may be any JSON. */
export const acceptPolicy = acceptBy<IsolationPolicy, Selectable>({
  kind: 'IsolationPolicy',
  schemaProblems: schemaFaults,
  isValid: (document) => isIsolationPolicy(document),
  rules: ruleFaults,
  compile: compilePolicy,
  faults: (_, { policy }) => contradictionsIn(policy),
  warnings: (document, { policy }) => doubtsAbout(document, policy),
});
