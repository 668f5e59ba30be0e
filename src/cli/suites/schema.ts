// A PolicyTest document as JSON Schema.
import type { SchemaObject } from 'ajv';
import { ACTIONS } from '../../model/finding.ts';
import { API_VERSION } from '../../model/names.ts';

export const POLICY_TEST = 'PolicyTest';

const text: SchemaObject = { type: 'string', minLength: 1 };
const texts: SchemaObject = { type: 'array', items: text };

const finding: SchemaObject = {
  type: 'object',
  additionalProperties: false,
  required: ['check'],
  properties: {
    check: text,
    reason: text,
    path: text,
    container: text,
    action: { type: 'string', enum: ACTIONS },
    policy: text,
  },
};

const expectation: SchemaObject = {
  type: 'object',
  additionalProperties: false,
  required: ['verdict'],
  properties: {
    verdict: { type: 'string', enum: ['allowed', 'denied', 'skipped'] },
    findings: { type: 'array', items: finding },
    warnings: texts,
    output: text,
  },
};

const testCase: SchemaObject = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'expect'],
  properties: {
    name: text,
    input: text,
    object: { type: ['object', 'array'] },
    review: text,
    // Written out before a case is looked at: expand.ts says what is in it.
    each: { type: 'array' },
    oldInput: text,
    oldObject: { type: ['object', 'array'] },
    subresource: {
      type: 'string',
      pattern: '^[a-z]+$',
      errorMessage: 'expected the name of a subresource, such as ephemeralcontainers or resize',
    },
    context: texts,
    namespace: text,
    namespaceLabels: { type: 'object', additionalProperties: { type: 'string' } },
    namespaceAnnotations: { type: 'object', additionalProperties: { type: 'string' } },
    now: {
      type: 'string',
      pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?$',
      errorMessage: 'expected a date such as 2027-06-30, or a time such as 2027-06-30T12:00:00Z',
    },
    user: text,
    groups: texts,
    expect: expectation,
  },
  oneOf: [{ required: ['input'] }, { required: ['object'] }, { required: ['review'] }],
  errorMessage: 'expected either input, object or review',
  allOf: [
    {
      not: { required: ['oldInput', 'oldObject'] },
      errorMessage: 'expected oldInput or oldObject, found both',
    },
    {
      not: { required: ['subresource'], not: anyOf('oldInput', 'oldObject') },
      errorMessage: 'subresource is given without what the objects replace (expected oldInput or oldObject)',
    },
    {
      not: { required: ['review'], ...anyOf('oldInput', 'oldObject', 'namespace', 'user', 'groups') },
      errorMessage:
        'a review says itself who asks for what (expected it without oldInput, oldObject, namespace, user and groups)',
    },
  ],
};

/** Holds for a case with at least one of these keys. */
function anyOf(...keys: readonly string[]): SchemaObject {
  return { anyOf: keys.map((key) => ({ required: [key] })) };
}

export const POLICY_TEST_SCHEMA: SchemaObject = {
  type: 'object',
  additionalProperties: false,
  required: ['apiVersion', 'kind', 'metadata', 'spec'],
  properties: {
    apiVersion: { const: API_VERSION },
    kind: { const: POLICY_TEST },
    metadata: {
      type: 'object',
      additionalProperties: false,
      required: ['name'],
      properties: {
        name: text,
        labels: { type: 'object' },
        annotations: { type: 'object' },
      },
    },
    spec: {
      type: 'object',
      additionalProperties: false,
      required: ['policies', 'cases'],
      properties: {
        policies: { ...texts, minItems: 1 },
        cases: { type: 'array', items: testCase, minItems: 1 },
      },
    },
  },
};
