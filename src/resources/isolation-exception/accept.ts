// What an exception is held against, and what it is compiled to. Files and objects of a cluster are judged here alike.
import { WITHOUT_EXCEPTIONS } from '../../policy/exceptable.ts';
import type { NamespacedException } from '../../policy/exception-index.ts';
import { compileException } from '../../policy/exceptions.ts';
import { acceptBy } from '../acceptance.ts';
import { createAjv } from '../ajv.ts';
import { keyOf } from '../kind.ts';
import { at } from '../located.ts';
import { type DocumentProblem, problemsOf } from '../problems.ts';
import { exceptionRules } from './rules.ts';
import { ISOLATION_EXCEPTION_SCHEMA, type IsolationExceptionDocument } from './schema.ts';

const isException = createAjv().compile<IsolationExceptionDocument>(ISOLATION_EXCEPTION_SCHEMA);

function schemaProblems(document: unknown): readonly DocumentProblem[] {
  if (isException(document)) return [];
  const checks = at({ keys: [], value: document }, 'spec', 'checks');
  // The rules have more to say of these.
  const explained = ({ keys }: DocumentProblem): boolean => {
    const [spec, list, index = ''] = keys;
    const check = spec === 'spec' && list === 'checks' ? at(checks, index).value : undefined;
    return typeof check === 'string' && WITHOUT_EXCEPTIONS.has(check);
  };
  return problemsOf(isException.errors ?? []).filter((problem) => !explained(problem));
}

/** Judges one document. Total: it may be any JSON. */
export const acceptException = acceptBy<IsolationExceptionDocument, NamespacedException>({
  kind: 'IsolationException',
  schemaProblems,
  isValid: (document) => isException(document),
  rules: exceptionRules,
  compile: ({ metadata, spec }) => {
    const { namespace, name } = metadata;
    const { policy, checks, selector, requestedBy, ...entry } = spec;
    const owner = { name: keyOf({ name, namespace }), selector, requestedBy };
    return { namespace, name, policy, checks: [...checks], exception: compileException(entry, owner) };
  },
});
