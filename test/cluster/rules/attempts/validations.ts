// validations and variables: what a policy demands in CEL.
import { put } from '../../support/change.ts';
import { by, inContainer, inPod, kubernetes, letIn, NO_POD, rewritten, type Section, whileItRuns } from '../attempt.ts';
import { TYPED_WAYS } from '../ways.ts';

export const VALIDATIONS: Section = {
  title: 'validations and variables',
  rules: ['validations', 'variables'],
  about: 'Demands in CEL, about the pod template as a Pod, whatever holds it.',
  spec: {
    variables: [
      {
        name: 'all',
        expression:
          'object.spec.containers + object.spec.?initContainers.orValue([]) + object.spec.?ephemeralContainers.orValue([])',
      },
      { name: 'names', expression: 'variables.all.map(c, c.name)' },
    ],
    validations: [
      {
        name: 'no-node',
        expression: '!has(object.spec.nodeSelector)',
        message: 'pods choose no node',
        path: 'spec.nodeSelector',
      },
      {
        name: 'no-root-name',
        expression: "!variables.names.exists(n, n.startsWith('root'))",
        message: 'no container is called root',
      },
      {
        name: 'commands',
        expression: "variables.all.all(c, !has(c.command) || c.command[0] != 'sh')",
        message: 'no container is a shell',
      },
      {
        name: 'deadline',
        expression: 'object.spec.?activeDeadlineSeconds.orValue(60) <= 3600',
        message: 'pods end in an hour',
      },
    ],
  },
  // Such a pod can still be given a node selector.
  base: put([{ name: 'example.com/wait' }], 'spec', 'schedulingGates'),
  attempts: [
    whileItRuns('a node for a pod that waits', 'validations/no-node', put({ pool: 'x' }, 'spec', 'nodeSelector')),
    inPod('a node', 'validations/no-node', put({ pool: 'x' }, 'spec', 'nodeSelector')),
    rewritten(
      'the API server leaves an empty map out',
      inPod(
        'a node selector that is empty',
        'validations/no-node',
        put({}, 'spec', 'nodeSelector'),
        by(TYPED_WAYS, letIn('The API server leaves an empty map out before anybody is asked.')),
      ),
    ),
    inPod('a node selector null', letIn('It is none.'), put(null, 'spec', 'nodeSelector')),
    inContainer('a forbidden name', 'validations/no-root-name', put('root-1', 'name')),
    inContainer('a shell', 'validations/commands', put(['sh'], 'command')),
    rewritten(
      'the API server leaves an empty list out',
      inContainer(
        'a command that has no first word',
        'validations/commands',
        put([], 'command'),
        by(
          TYPED_WAYS,
          letIn('The API server leaves an empty list out before anybody is asked: the command is that of the image.'),
        ),
      ),
    ),
    inContainer('the command null', letIn('It is none.'), put(null, 'command')),
    inContainer('a command of another type', 'shape', put('sh', 'command'), NO_POD),
    inPod(
      'a day',
      'validations/deadline',
      put(86_400, 'spec', 'activeDeadlineSeconds'),
      by(['Deployment', 'patched Deployment'], kubernetes('is not Supported')),
    ),
    inPod(
      'a day as a text, which no number is compared with',
      'shape',
      put('86400', 'spec', 'activeDeadlineSeconds'),
      NO_POD,
    ),
    inPod(
      'no containers, for the expressions to fail at',
      'validations/no-root-name',
      put(null, 'spec', 'containers'),
      NO_POD,
    ),
  ],
};
