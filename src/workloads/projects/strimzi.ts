// Strimzi: parts of the pods of Kafka, under names of its own. The operator makes the containers.
// Source: github.com/strimzi/strimzi-kafka-operator of August 2026 (8541da1e), packaging/install/cluster-operator; the fields are
// the same in v1beta2 of release 0.45.
import { containerFields, type Part, type PartialForm, partial, sameFields } from '../form.ts';
import type { Workload } from '../workload.ts';
import { projectKind } from './project-kind.ts';

const GROUP = { group: 'kafka.strimzi.io', versions: ['v1beta2', 'v1'] } as const;

const POD: readonly Part[] = [
  { from: '/metadata', to: 'metadata' },
  ...sameFields([
    'affinity',
    'dnsConfig',
    'dnsPolicy',
    'enableServiceLinks',
    'hostAliases',
    'hostUsers',
    'imagePullSecrets',
    'priorityClassName',
    'schedulerName',
    'securityContext',
    'terminationGracePeriodSeconds',
    'tolerations',
    'topologySpreadConstraints',
    'volumes',
  ]),
];

/** The containers of a component, each by the name that the operator gives it, and its pod under `pod`. */
function template(
  at: string,
  containers: Readonly<Record<string, string>>,
  pods: readonly string[] = ['pod'],
): readonly PartialForm[] {
  return [
    ...pods.map((pod) => partial(`${at}/template/${pod}`, POD)),
    ...Object.entries(containers).map(([field, name]) =>
      partial(`${at}/template/${field}`, containerFields(name, ['env', 'securityContext', 'volumeMounts'])),
    ),
  ];
}

/** The image of a component, and what its container may use. */
function image(at: string, name: string): PartialForm {
  return partial(at, containerFields(name, ['image', 'resources']));
}

const BROKER = { kafkaContainer: 'kafka', initContainer: 'kafka-init' } as const;

/** Kafka Connect and MirrorMaker 2 build and run the same pods. */
function connect(name: string): readonly PartialForm[] {
  return [
    image('/spec', name),
    ...template('/spec', { connectContainer: name, initContainer: 'kafka-init', buildContainer: `${name}-build` }, [
      'pod',
      'buildPod',
    ]),
  ];
}

export const strimzi: readonly Workload[] = [
  projectKind({
    ...GROUP,
    kind: 'Kafka',
    resource: 'kafkas',
    partials: [
      image('/spec/kafka', 'kafka'),
      ...template('/spec/kafka', BROKER),
      ...template('/spec/entityOperator', {
        topicOperatorContainer: 'topic-operator',
        userOperatorContainer: 'user-operator',
      }),
      image('/spec/cruiseControl', 'cruise-control'),
      ...template('/spec/cruiseControl', { cruiseControlContainer: 'cruise-control' }),
      image('/spec/kafkaExporter', 'kafka-exporter'),
      ...template('/spec/kafkaExporter', { container: 'kafka-exporter' }),
    ],
  }),
  projectKind({
    ...GROUP,
    kind: 'KafkaNodePool',
    resource: 'kafkanodepools',
    partials: [partial('/spec', containerFields('kafka', ['resources'])), ...template('/spec', BROKER)],
  }),
  projectKind({ ...GROUP, kind: 'KafkaConnect', resource: 'kafkaconnects', partials: connect('connect') }),
  projectKind({
    ...GROUP,
    kind: 'KafkaMirrorMaker2',
    resource: 'kafkamirrormaker2s',
    partials: connect('mirrormaker2'),
  }),
  projectKind({
    ...GROUP,
    kind: 'KafkaBridge',
    resource: 'kafkabridges',
    partials: [
      image('/spec', 'bridge'),
      ...template('/spec', { bridgeContainer: 'bridge', initContainer: 'kafka-init' }),
    ],
  }),
  // Made by the operator, of whole pods.
  projectKind({
    group: 'core.strimzi.io',
    kind: 'StrimziPodSet',
    versions: ['v1beta2', 'v1'],
    resource: 'strimzipodsets',
    templates: ['/spec/pods/*'],
    inline: true,
  }),
];
