// An IsolationPolicy document as JSON Schema (draft 2020-12): what is accepted, what editors complete, and what the docs
// say of each key. scripts/schema.ts writes it to policies/schema.
import type { SchemaObject } from 'ajv';
import { labelSelector } from '../../kubernetes/schema/label-selector.ts';
import { subdomain } from '../../kubernetes/schema/names.ts';
import { ACTIONS } from '../../model/finding.ts';
import { FILLED_IN_CHECK, GRANTS_CHECK } from '../../model/names.ts';
import { POD_SECURITY_CHECKS } from '../../pod-security/checks/index.ts';
import { ISOLATION_CHECKS } from '../../rules/checks.ts';
import { HARDEN_FIELDS, HARDEN_LEVELS } from '../../rules/spec.ts';
import { WORKLOADS, workloadsNamed } from '../../workloads/index.ts';
import { qualifiedKind } from '../../workloads/workload.ts';
import { documentSchema } from '../schema-document.ts';
import { capabilities } from './schema-capabilities.ts';
import { identity } from './schema-identity.ts';

/** The ids of every check a policy can have opinions on. */
export const CHECK_IDS: readonly string[] = [
  ...[...POD_SECURITY_CHECKS, ...ISOLATION_CHECKS].map((check) => check.id),
  FILLED_IN_CHECK,
  GRANTS_CHECK,
];

/** Every name `match.kinds` accepts: qualified, and short where one group alone has that kind. */
const KIND_NAMES: readonly string[] = [...new Set(WORKLOADS.flatMap((row) => [row.kind, qualifiedKind(row)]))].filter(
  (name) => workloadsNamed(name).length === 1,
);

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
      uniqueItems: true,
      items: { type: 'string', enum: KIND_NAMES, description: 'A kind, with its group unless that is the core group.' },
    },
  },
};

const podSecurity: SchemaObject = {
  type: 'object',
  description: 'The level of the Pod Security Standards that pods must meet.',
  additionalProperties: false,
  properties: {
    level: { type: 'string', enum: ['privileged', 'baseline', 'restricted'], description: 'The level pods must meet.' },
    version: {
      type: 'string',
      default: 'latest',
      pattern: '^(latest|v1\\.(0|[1-9][0-9]*))$',
      errorMessage: 'expected latest or v1.N, such as v1.35',
      description: 'The Kubernetes minor version whose definition of the level applies: latest or v1.N.',
    },
    fromNamespaceLabels: {
      type: 'boolean',
      const: true,
      description: "Take levels and versions from the namespace's pod-security.kubernetes.io labels instead.",
    },
  },
  oneOf: [{ required: ['level'] }, { required: ['fromNamespaceLabels'] }],
  errorMessage: 'expected either level or fromNamespaceLabels',
  dependentRequired: { version: ['level'] },
};

const harden: SchemaObject = {
  description: 'The security fields to fill in where missing: those a level needs, or a list of fields.',
  type: ['string', 'array'],
  minItems: 1,
  uniqueItems: true,
  items: { type: 'string', enum: HARDEN_FIELDS, description: 'A field to fill in.' },
  if: { type: 'array' },
  else: { enum: Object.keys(HARDEN_LEVELS) },
};

const spec: SchemaObject = {
  type: 'object',
  description: 'Which workloads, what is filled in, and what is required.',
  additionalProperties: false,
  properties: {
    priority: {
      type: 'integer',
      minimum: -2147483648,
      maximum: 2147483647,
      default: 0,
      description: 'Higher fills in first; equal ones go by name.',
    },
    match,
    validationActions: { ...validationActions, default: ['Deny'], description: 'What to do about violations.' },
    checks: {
      type: 'object',
      description: 'By check id: other actions for that check.',
      propertyNames: { enum: CHECK_IDS },
      additionalProperties: {
        type: 'object',
        description: 'What this policy does about one check.',
        additionalProperties: false,
        required: ['validationActions'],
        properties: {
          validationActions: { ...validationActions, description: 'What to do about violations of this check.' },
        },
      },
    },
    podSecurity,
    identity,
    harden,
    runtime: {
      type: 'object',
      description: 'The RuntimeClass that pods run with.',
      additionalProperties: false,
      properties: {
        default: { ...subdomain, description: 'The runtimeClassName to fill in where a pod names none.' },
      },
    },
    capabilities,
  },
};

export const ISOLATION_POLICY_SCHEMA: SchemaObject = documentSchema({
  kind: 'IsolationPolicy',
  description: 'Which workloads are isolated how: what is filled in, and what is required.',
  noun: 'policy',
  plural: 'policies',
  name: { ...subdomain, description: 'The name, unique among all policies.' },
  spec,
});
