// Examples of the check `validations`.
import type { RuleCheck } from '../check.ts';
import type { VariablesParameters } from '../variables/parameters.ts';
import type { ValidationsParameters } from './parameters.ts';

const NO_NODE: ValidationsParameters = [
  { name: 'no-node', expression: '!has(object.spec.nodeName)', message: 'pods choose no node', path: 'spec.nodeName' },
];

const ALL_CONTAINERS: VariablesParameters = [
  {
    name: 'containers',
    expression:
      'object.spec.?initContainers.orValue([]) + object.spec.?containers.orValue([]) + object.spec.?ephemeralContainers.orValue([])',
  },
];

const INTERNAL: ValidationsParameters = [
  {
    name: 'internal-images',
    expression: "variables.containers.all(c, c.?image.orValue('').startsWith('internal/'))",
    messageExpression:
      "'images from elsewhere: ' + variables.containers.filter(c, !c.?image.orValue('').startsWith('internal/')).map(c, c.name).join(', ')",
  },
];

const MAX_GRACE: ValidationsParameters = [
  {
    name: 'grace',
    expression: 'object.spec.terminationGracePeriodSeconds <= 60',
    path: 'spec.terminationGracePeriodSeconds',
  },
];

export const EXAMPLES: RuleCheck<ValidationsParameters>['examples'] = {
  pass: [
    {
      name: 'a field that must be absent, and is',
      parameters: NO_NODE,
      pod: { spec: { containers: [{ name: 'a' }] } },
    },
    { name: 'a null field, which is an absent one', parameters: NO_NODE, pod: { spec: { nodeName: null } } },
    {
      name: 'every list of containers',
      parameters: INTERNAL,
      beside: { variables: ALL_CONTAINERS },
      pod: {
        spec: {
          initContainers: [{ name: 'i', image: 'internal/i' }],
          containers: [{ name: 'a', image: 'internal/a' }],
          ephemeralContainers: [{ name: 'e', image: 'internal/e' }],
        },
      },
    },
    {
      name: 'no containers at all',
      parameters: INTERNAL,
      beside: { variables: ALL_CONTAINERS },
      pod: { spec: { initContainers: null, containers: [] } },
    },
    {
      name: 'what the request says',
      parameters: [
        { name: 'not-jane', expression: "request.userInfo.username != 'jane' && request.operation == 'CREATE'" },
      ],
      pod: { spec: {} },
      request: { user: { username: 'joe', groups: [] } },
    },
    {
      name: 'the labels of the namespace',
      parameters: [{ name: 'tier', expression: "namespaceObject.metadata.labels[?'tier'].orValue('') == 'agents'" }],
      pod: { spec: {} },
      request: { namespaceLabels: { tier: 'agents' } },
    },
  ],
  fail: [
    {
      name: 'a field that must be absent',
      parameters: NO_NODE,
      pod: { spec: { nodeName: 'node-1', containers: [{ name: 'a' }] } },
      says: 'pods choose no node (validation "no-node")',
      paths: ['spec.nodeName'],
      values: ['node-1'],
    },
    {
      name: 'an empty field, which is not an absent one',
      parameters: NO_NODE,
      pod: { spec: { nodeName: '' } },
      says: 'pods choose no node (validation "no-node")',
      paths: ['spec.nodeName'],
      values: [''],
    },
    {
      name: 'a container of every list, with a message made of the pod',
      parameters: INTERNAL,
      beside: { variables: ALL_CONTAINERS },
      pod: {
        spec: {
          initContainers: [{ name: 'i', image: 'docker.io/i' }],
          containers: [{ name: 'a', image: null }, { name: 'b', image: '' }, { name: 'c' }],
          ephemeralContainers: [{ name: 'e', image: 'docker.io/e' }],
        },
      },
      says: 'images from elsewhere: i, a, b, c, e (validation "internal-images")',
      paths: ['spec'],
      values: [undefined],
    },
    {
      name: 'a message that the pod has no text for: the other one stands in',
      parameters: [
        {
          name: 'no-node',
          expression: '!has(object.spec.nodeName)',
          message: 'pods choose no node',
          messageExpression: "'chosen by ' + object.metadata.labels['team']",
        },
      ],
      pod: { spec: { nodeName: 'node-1' } },
      says: 'pods choose no node (validation "no-node")',
      paths: ['spec'],
      values: [undefined],
    },
    {
      name: 'no message: the expression says what is wrong',
      parameters: MAX_GRACE,
      pod: { spec: { terminationGracePeriodSeconds: 61 } },
      says: 'validation "grace" does not hold (the expression is object.spec.terminationGracePeriodSeconds <= 60)',
      paths: ['spec.terminationGracePeriodSeconds'],
      values: [61],
    },
    {
      name: 'an expression that cannot be evaluated refuses',
      parameters: MAX_GRACE,
      pod: { spec: {} },
      says: 'validation "grace" cannot be evaluated (no such key: terminationGracePeriodSeconds (ask has(…) before, or .?field.orValue(…)); the expression is object.spec.terminationGracePeriodSeconds <= 60)',
      paths: ['spec.terminationGracePeriodSeconds'],
      values: [undefined],
    },
    {
      name: 'of several validations those that do not hold',
      parameters: [
        ...NO_NODE,
        { name: 'labelled', expression: "'team' in object.metadata.?labels.orValue({})", message: 'pods have a team' },
        { name: 'any', expression: 'true' },
      ],
      pod: { spec: { nodeName: 'node-1' } },
      says: 'pods choose no node (validation "no-node"); pods have a team (validation "labelled")',
      paths: ['spec.nodeName', 'spec'],
      values: ['node-1', undefined],
    },
  ],
};
