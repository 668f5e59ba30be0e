// IsolationException: what a policy refuses and a namespace lets in all the same. It acts only where the policy allows it.
import type { NamespacedException } from '../../policy/exception-index.ts';
import { defineKind } from '../kind.ts';
import { acceptException } from './accept.ts';
import { EXCEPTION_REFERENCES, WITHOUT_EFFECT } from './references.ts';
import { ISOLATION_EXCEPTION_SCHEMA } from './schema.ts';

export const ISOLATION_EXCEPTION = defineKind<NamespacedException>({
  kind: 'IsolationException',
  kinds: 'IsolationExceptions',
  scope: 'Namespaced',
  shortNames: ['isoex', 'iex'],
  noun: 'exception',
  title: 'isolation exceptions',
  schema: ISOLATION_EXCEPTION_SCHEMA,
  columns: [
    { name: 'Policy', type: 'string', jsonPath: '.spec.policy', description: 'The policy it excepts from.' },
    { name: 'Checks', type: 'string', jsonPath: '.spec.checks', description: 'The checks it excepts from.' },
    { name: 'Expires', type: 'string', jsonPath: '.spec.expires', description: 'When it ends.' },
    { name: 'Why', type: 'string', jsonPath: '.spec.reason', description: 'Why it is there.', priority: 1 },
    {
      name: 'Requested By',
      type: 'string',
      jsonPath: '.spec.requestedBy',
      description: 'Who asked for it.',
      priority: 1,
    },
  ],
  // What lets something in ends at once when it is changed into something that is not understood.
  keepsLastAccepted: false,
  // Findings of a review are held against each exception of its namespace.
  mostInNamespace: 100,
  // True for good, so that the status need not be written again when that day comes.
  inForceWords: ({ exception }) => `in force until ${exception.use.expires}`,
  accept: acceptException,
  references: [EXCEPTION_REFERENCES],
  logLines: [
    {
      msg: WITHOUT_EFFECT,
      level: 'warn',
      when: 'Some or all of an IsolationException in force, of the cluster or of a file, excepts nothing: its policy is not there, does not allow it, or does not run the check. Said again when something else is missing.',
      fields: { exception: 'its name', namespace: 'its namespace', problem: 'what is missing' },
    },
  ],
});
