// What a capability class is held against. Files and objects of a cluster are judged here alike, in the same words.
import type { CapabilityClass } from '../../grants/class.ts';
import type { CapabilityClassDocument } from '../../grants/spec.ts';
import { acceptBy } from '../acceptance.ts';
import { compileClass } from './compile.ts';
import { classRuleProblems } from './rules/index.ts';
import { classSchemaProblems, isCapabilityClass } from './validate.ts';
import { classWarnings } from './warnings/index.ts';

/** Judges one document. Total: it may be any JSON. */
export const acceptClass = acceptBy<CapabilityClassDocument, CapabilityClass>({
  kind: 'CapabilityClass',
  schemaProblems: classSchemaProblems,
  isValid: isCapabilityClass,
  rules: (document) => ({ errors: classRuleProblems(document), warnings: classWarnings(document) }),
  compile: compileClass,
});
