// metadata: the labels and annotations by which others decide what a pod may do.
import { all, put } from '../../support/change.ts';
import { aroundPod, by, inPod, letIn, NO_POD, refused, rewritten, type Section, whileItRuns } from '../attempt.ts';

const LABELS = ['metadata', 'labels'] as const;
const ANNOTATIONS = ['metadata', 'annotations'] as const;
/** What holds a pod template and has labels and annotations of its own. */
const AROUND = [
  'Sandbox',
  'SandboxTemplate',
  'merge patch',
  'Deployment',
  'Job',
  'CronJob',
  'patched Deployment',
] as const;
const KATA = 'io.katacontainers.config.hypervisor.path';

export const METADATA: Section = {
  title: 'metadata',
  rules: ['metadata'],
  about:
    'A label holds pods behind a NetworkPolicy, some keys are for a controller alone, and runtimes take no settings.',
  spec: {
    metadata: {
      labels: {
        add: { egress: 'restricted' },
        required: ['team'],
        allowed: ['app', 'team', 'example.com/*'],
        reserved: [{ keys: ['example.com/owner'], serviceAccounts: ['agents/controller'] }],
      },
      annotations: { forbidden: ['io.katacontainers.config.**', 'io.katacontainers.config.*'] },
    },
  },
  base: put({ app: 'mine', team: 'one' }, ...LABELS),
  attempts: [
    inPod('another value of the label that is added', 'addedMetadata', put('free', ...LABELS, 'egress')),
    inPod('an empty value of it', 'addedMetadata', put('', ...LABELS, 'egress')),
    inPod(
      'it left out',
      letIn('It is added.', 'restricted', ...LABELS, 'egress'),
      put(undefined, ...LABELS, 'egress'),
      by(['merge patch', 'JSON patch'], refused('addedMetadata')),
    ),
    rewritten(
      'the API server reads null as an empty value',
      inPod(
        'it null',
        'addedMetadata',
        put(null, ...LABELS, 'egress'),
        by(['patched Deployment'], letIn('It is taken off, and added to the pods.')),
        by(['Sandbox', 'SandboxTemplate', 'JSON patch', 'applied Sandbox'], refused('shape')),
      ),
    ),
    inPod('the label that is required left out', 'requiredMetadata', put(undefined, ...LABELS, 'team')),
    inPod('its value empty', 'requiredMetadata', put('', ...LABELS, 'team')),
    inPod('its key in capitals', 'requiredMetadata', put({ app: 'mine', Team: 'one' }, ...LABELS)),
    inPod('a label of others', 'allowedMetadata', put('x', ...LABELS, 'other')),
    inPod('a label of others with the same name', 'allowedMetadata', put('x', ...LABELS, 'example.com.evil.example/x')),
    inPod('the label of a ReplicaSet’s pods', 'allowedMetadata', put('abc', ...LABELS, 'pod-template-hash')),
    rewritten(
      'the API server gives a Job without labels those of its template',
      inPod('a reserved label', 'reservedMetadata', put('me', ...LABELS, 'example.com/owner')),
    ),
    rewritten(
      'the API server gives a Job without labels those of its template',
      inPod('a reserved label with an empty value', 'reservedMetadata', put('', ...LABELS, 'example.com/owner')),
    ),
    inPod('a setting of the runtime', 'forbiddenMetadata', put('/x', ...ANNOTATIONS, KATA)),
    inPod('a setting with an empty value', 'forbiddenMetadata', put('', ...ANNOTATIONS, KATA)),
    inPod('a label that is a number', 'shape', put(5, ...LABELS, 'team'), NO_POD),
    aroundPod(
      'a reserved label on the object around the pod',
      'reservedMetadata',
      AROUND,
      put('me', ...LABELS, 'example.com/owner'),
    ),
    aroundPod(
      'a setting of the runtime on the object around the pod',
      'forbiddenMetadata',
      AROUND,
      put('/x', ...ANNOTATIONS, KATA),
    ),
    whileItRuns('the label taken off a pod that runs', 'addedMetadata', put(undefined, ...LABELS, 'egress')),
    whileItRuns('another value of it in a pod that runs', 'addedMetadata', put('free', ...LABELS, 'egress')),
    whileItRuns('all labels taken off a pod that runs', 'addedMetadata', put({}, ...LABELS)),
    whileItRuns('the label that is required taken off', 'requiredMetadata', put(undefined, ...LABELS, 'team')),
    whileItRuns(
      'a reserved label put on a pod that runs',
      'reservedMetadata',
      put('me', ...LABELS, 'example.com/owner'),
    ),
    whileItRuns(
      'a setting of the runtime put on a pod that runs',
      'forbiddenMetadata',
      put('/x', ...ANNOTATIONS, KATA),
    ),
    whileItRuns(
      'the label taken off with the status of the pod',
      letIn(
        'Only kubelets and controllers should have a right to `pods/status`, which no webhook of ours is asked about.',
      ),
      put(undefined, ...LABELS, 'egress'),
      'status',
    ),
    whileItRuns(
      'a setting of the runtime put on with the node of the pod',
      letIn('Only schedulers should have a right to `pods/binding`, which no webhook of ours is asked about.'),
      all(put('node-1', 'spec', 'nodeName'), put('/x', ...ANNOTATIONS, KATA)),
      'binding',
    ),
  ],
};
