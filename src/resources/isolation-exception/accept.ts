// What an exception is held against, and what it is compiled to. Files and objects of a cluster are judged here alike.
import type { NamespacedException } from '../../policy/exception-index.ts';
import { compileException } from '../../policy/exceptions.ts';
import { acceptBy } from '../acceptance.ts';
import { createAjv } from '../ajv.ts';
import { keyOf } from '../kind.ts';
import { pointerOf } from '../pointer.ts';
import { type DocumentProblem, problemsOf } from '../problems.ts';
import { doubtsAbout, exceptionProblems, impossibleChecks } from './rules.ts';
import { ISOLATION_EXCEPTION_SCHEMA, type IsolationExceptionDocument } from './schema.ts';

const isException = createAjv().compile<IsolationExceptionDocument>(ISOLATION_EXCEPTION_SCHEMA);

function schemaProblems(document: unknown): readonly DocumentProblem[] {
  if (isException(document)) return [];
  // The rules have more to say of these.
  const explained = new Set(impossibleChecks(document).map(({ keys }) => pointerOf(keys)));
  return problemsOf(isException.errors ?? []).filter(({ keys }) => !explained.has(pointerOf(keys)));
}

/** Judges one document. Total: it may be any JSON. */
export const acceptException = acceptBy<IsolationExceptionDocument, NamespacedException>({
  kind: 'IsolationException',
  schemaProblems,
  isValid: (document) => isException(document),
  rules: (document) => ({ errors: exceptionProblems(document), warnings: [] }),
  warnings: doubtsAbout,
  compile: ({ metadata, spec }) => {
    const { namespace, name } = metadata;
    const { policy, checks, selector, requestedBy, ...entry } = spec;
    const owner = { name: keyOf({ name, namespace }), selector, requestedBy };
    return { namespace, name, policy, checks: [...checks], exception: compileException(entry, owner) };
  },
});
