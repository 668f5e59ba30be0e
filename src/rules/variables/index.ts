// The rule `variables`: values that the expressions of `validations` share.
import { defineRule } from '../rule.ts';
import { compileVariables } from './compile.ts';
import { parameters } from './parameters.ts';

export const variables = defineRule({
  key: 'variables',
  parameters,
  uniqueBy: 'name',
  problems: (list) => compileVariables(list).problems,
  examples: [
    {
      name: 'a variable made of another one',
      parameters: [
        { name: 'containers', expression: 'object.spec.containers' },
        { name: 'images', expression: 'variables.containers.map(c, c.image)' },
      ],
      beside: { validations: [{ name: 'internal', expression: "variables.images.all(i, i.startsWith('internal/'))" }] },
      pod: { spec: { containers: [{ name: 'a', image: 'docker.io/a' }] } },
    },
    {
      name: 'a number',
      parameters: [{ name: 'most', expression: '6' }],
      beside: {
        validations: [{ name: 'grace', expression: 'object.spec.terminationGracePeriodSeconds <= variables.most' }],
      },
      pod: { spec: { terminationGracePeriodSeconds: 60 } },
    },
  ],
});
