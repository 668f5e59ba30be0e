// An IsolationPolicy document as JSON Schema (draft 2020-12): what is accepted, what editors complete, and what the docs
// say of each key. scripts/schema.ts writes it to policies/schema.
import type { SchemaObject } from 'ajv';
import { labelSelector } from '../../kubernetes/schema/label-selector.ts';
import { labelKey, subdomain } from '../../kubernetes/schema/names.ts';
import { ACTIONS } from '../../model/finding.ts';
import { FILLED_IN_CHECK, GRANTS_CHECK } from '../../model/names.ts';
import { POD_SECURITY_CHECKS } from '../../pod-security/checks/index.ts';
import { WITHOUT_EXCEPTIONS } from '../../policy/exceptable.ts';
import { EXCEPTION_ENTRY } from '../../policy/exception-entry.ts';
import { RULES } from '../../rules/index.ts';
import { EXPRESSION } from '../../rules/variables/expression.ts';
import { ENFORCEMENTS } from '../../workloads/workload.ts';
import { KIND_NAME } from '../kind-name.ts';
import { documentSchema } from '../schema-document.ts';

/** The ids of every check a policy can have opinions on. */
export const CHECK_IDS: readonly string[] = [
  ...[...POD_SECURITY_CHECKS, ...RULES.flatMap((rule) => rule.checks)].map((check) => check.id),
  FILLED_IN_CHECK,
  GRANTS_CHECK,
];

const validationActions: SchemaObject = {
  type: 'array',
  minItems: 1,
  uniqueItems: true,
  items: {
    type: 'string',
    enum: ACTIONS,
    description: 'Deny refuses, Warn tells the user, Audit tells the audit log.',
  },
  allOf: [
    {
      not: { allOf: [{ contains: { const: 'Deny' } }, { contains: { const: 'Warn' } }] },
      errorMessage: 'expected Deny or Warn, found both (what is refused needs no warning)',
    },
  ],
};

/** One of these checks, or one of the policy's own validations. */
function checkName(ids: readonly string[]): SchemaObject {
  return {
    pattern: '^(?!validations/)|^validations/[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$',
    errorMessage: 'expected validations/ and the name of a validation of the policy',
    if: { pattern: '^validations/' },
    else: { enum: ids },
  };
}

const match: SchemaObject = {
  type: 'object',
  description: 'Which workloads the policy is about; every one where empty or absent.',
  additionalProperties: false,
  properties: {
    namespaceSelector: labelSelector("On the namespace's labels."),
    objectSelector: labelSelector("On the pod template's labels."),
    kinds: {
      type: 'array',
      description: 'Kinds that hold a pod template; every kind where absent.',
      minItems: 1,
      maxItems: 256,
      uniqueItems: true,
      items: {
        ...KIND_NAME,
        description:
          'A kind with its group, such as Sandbox.agents.x-k8s.io; a kind of Kubernetes itself also without.',
      },
    },
    conditions: {
      type: 'array',
      description:
        'Expressions in CEL that are all true for what the policy is about; one that fails to evaluate counts as true.',
      minItems: 1,
      maxItems: 64,
      items: {
        type: 'object',
        description: 'One condition.',
        additionalProperties: false,
        required: ['name', 'expression'],
        properties: {
          name: { ...labelKey, description: 'What messages call it.' },
          expression: { ...EXPRESSION, description: 'An expression in CEL, true for what the policy is about.' },
        },
      },
    },
  },
};

/** A list of checks from which there can be exceptions. */
export function exceptableChecks(description: string): SchemaObject {
  return {
    type: 'array',
    description,
    minItems: 1,
    maxItems: 100,
    uniqueItems: true,
    items: {
      type: 'string',
      maxLength: 128,
      description: 'The id of a check; validations/NAME for one validation of the policy.',
      ...checkName(CHECK_IDS.filter((check) => !WITHOUT_EXCEPTIONS.has(check))),
    },
  };
}

const exceptions: SchemaObject = {
  type: 'object',
  description: 'Which exceptions namespaces may make (IsolationException); none where absent.',
  additionalProperties: false,
  required: ['allow'],
  properties: {
    allow: { type: 'boolean', description: 'Whether an IsolationException that names the policy has an effect.' },
    maxDays: {
      type: 'integer',
      minimum: 1,
      maximum: 3650,
      description: 'So many days after today an exception may end at the latest; any where absent.',
    },
    forbiddenChecks: exceptableChecks(
      'Checks from which there are no exceptions, by id; validations/NAME for one validation.',
    ),
  },
};

/** What a spec may have, by key. */
export const SPEC_MEMBERS: Readonly<Record<string, SchemaObject>> = {
  priority: {
    type: 'integer',
    minimum: -2147483648,
    maximum: 2147483647,
    default: 0,
    description: 'Higher fills in first; equal ones go by name.',
  },
  match,
  fillInto: {
    type: 'string',
    enum: ['Pod', 'Object'],
    default: 'Object',
    description: 'Pod: Sandboxes and SandboxTemplates are left as they were written, and their pods are filled in.',
  },
  enforcement: {
    type: 'object',
    description:
      'By kind: whether objects that hold pod templates are refused for what the policy finds, as their pods are.',
    minProperties: 1,
    maxProperties: 256,
    propertyNames: KIND_NAME,
    additionalProperties: {
      type: 'string',
      enum: ENFORCEMENTS,
      description: 'Enforce refuses the object, Warn lets it in with a warning, Ignore does not look at it.',
    },
  },
  validationActions: { ...validationActions, default: ['Deny'], description: 'What to do about violations.' },
  checks: {
    type: 'object',
    description: 'By check id: other actions for that check, and exceptions from it.',
    propertyNames: checkName(CHECK_IDS),
    additionalProperties: {
      type: 'object',
      description: 'What this policy does about one check.',
      additionalProperties: false,
      properties: {
        validationActions: { ...validationActions, description: 'What to do about violations of this check.' },
        except: {
          type: 'array',
          description: 'What is let in all the same, and told to the audit log.',
          minItems: 1,
          maxItems: 100,
          items: EXCEPTION_ENTRY,
        },
      },
    },
  },
  exceptions,
  ...Object.fromEntries(RULES.map((rule) => [rule.key, rule.parameters])),
};

/** The schema of a spec with these members. */
export function specSchema(members: Readonly<Record<string, SchemaObject>>): SchemaObject {
  return {
    type: 'object',
    description: 'Which workloads, what is filled in, and what is required.',
    additionalProperties: false,
    properties: members,
  };
}

/** The schema of a whole document around that of its spec. */
export function policySchema(spec: SchemaObject): SchemaObject {
  return documentSchema({
    kind: 'IsolationPolicy',
    description: 'Which workloads are isolated how: what is filled in, and what is required.',
    noun: 'policy',
    plural: 'policies',
    name: { ...subdomain, description: 'The name, unique among all policies.' },
    spec,
  });
}

export const ISOLATION_POLICY_SCHEMA: SchemaObject = policySchema(specSchema(SPEC_MEMBERS));
