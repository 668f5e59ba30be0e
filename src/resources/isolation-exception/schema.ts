// An IsolationException document as JSON Schema (draft 2020-12): what is accepted, what editors complete, and what the docs say
// of each key. The fields that say which findings it is for are those of an entry of a policy.
import type { SchemaObject } from 'ajv';
import { labelSelector } from '../../kubernetes/schema/label-selector.ts';
import { subdomain } from '../../kubernetes/schema/names.ts';
import { EXCEPTION_FIELDS, type ExceptionEntry } from '../../policy/exception-entry.ts';
import type { LabelSelector } from '../../policy/spec.ts';
import { exceptableChecks } from '../isolation-policy/schema.ts';
import { documentSchema } from '../schema-document.ts';

/** What stands under `spec`. */
export interface IsolationExceptionSpec extends ExceptionEntry {
  readonly policy: string;
  readonly checks: readonly string[];
  readonly selector?: LabelSelector;
  readonly expires: string;
  readonly requestedBy?: string;
}

export interface IsolationExceptionDocument {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: IsolationExceptionSpec;
}

const spec: SchemaObject = {
  type: 'object',
  description: 'Findings to let pass: those that match all of its fields.',
  additionalProperties: false,
  required: ['policy', 'checks', 'reason', 'expires'],
  properties: {
    policy: { ...subdomain, description: 'The IsolationPolicy whose findings they are: its name, and no pattern.' },
    checks: exceptableChecks('The checks whose findings they are, by id; validations/NAME for one validation.'),
    selector: labelSelector("On the pod template's labels; every pod of the namespace where absent."),
    ...EXCEPTION_FIELDS,
    requestedBy: {
      type: 'string',
      pattern: '\\S',
      maxLength: 256,
      errorMessage: 'expected a name',
      description: 'Who asked for it, for whoever reads the audit log.',
    },
  },
};

export const ISOLATION_EXCEPTION_SCHEMA: SchemaObject = documentSchema({
  kind: 'IsolationException',
  description: 'What a policy refuses and a namespace lets in all the same, for some pods and some time.',
  noun: 'exception',
  plural: 'exceptions',
  name: { ...subdomain, description: 'The name, unique among the exceptions of its namespace.' },
  namespace: {
    type: 'string',
    maxLength: 63,
    pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$',
    errorMessage: 'expected lower-case letters, digits and "-", beginning and ending with a letter or digit',
    description: 'The namespace in which it acts, and no other.',
  },
  spec,
});
