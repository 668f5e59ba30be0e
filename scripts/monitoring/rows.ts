// What the dashboard shows, from the question whether all is well to what a developer of Sandgate asks.
import {
  CLUSTER_METRICS,
  DENIAL_EVENTS,
  refusedMetric,
  WATCH_METRICS,
  WEBHOOKS_REGISTERED,
} from '../../src/observe/metrics/cluster-definitions.ts';
import { METRICS } from '../../src/observe/metrics/definitions.ts';
import { OWN_KINDS } from '../../src/resources/index.ts';
import { chosen, INTERVAL, type Panel, quantiles, type Row, rateOf } from './panel.ts';
import { API_SERVER_METRICS, PROCESS_METRICS } from './series.ts';

/** Panels of lines; those with numbers are written out. */
function lines(title: string, unit: string, queries: Panel['queries'], more: Partial<Panel> = {}): Panel {
  return { title, kind: 'timeseries', unit, queries, ...more };
}

function number(title: string, unit: string, expr: string, more: Partial<Panel> = {}): Panel {
  return { title, kind: 'stat', unit, queries: [{ expr, legend: '' }], ...more };
}

/** Of the API server, which does not know in which namespace we are: by the names of our webhooks. */
function called(metric: string, conditions: readonly string[] = []): string {
  return `${metric}{${['name=~".+[.]sandgate[.]dev"', ...conditions].join(',')}}`;
}

const OVERVIEW: Row = {
  title: 'Overview',
  panels: [
    number('Replicas', 'short', `count(${chosen(METRICS.buildInfo.name)})`, { redBelow: 1 }),
    number('Webhooks registered', 'bool_yes_no', `min(${chosen(WEBHOOKS_REGISTERED.name)})`, {
      redBelow: 1,
      description: 'Empty where the chart registers them.',
    }),
    number('Policies in force', 'short', `max(${chosen(METRICS.policiesLoaded.name)})`, { redBelow: 1 }),
    number(
      'Objects not accepted',
      'short',
      OWN_KINDS.map((kind) => `max(${chosen(refusedMetric(kind).name)})`).join(' + '),
      { redFrom: 1, description: 'Policies, classes, exceptions and workload kinds that are not in force as written.' },
    ),
    number('Certificate expires in', 's', `min(${chosen(METRICS.certificateExpiry.name)} > 0) - time()`, {
      redBelow: 7 * 86_400,
    }),
    {
      title: 'Version',
      kind: 'stat',
      unit: 'short',
      queries: [
        {
          expr: `count by (version, node) (${chosen(METRICS.buildInfo.name)})`,
          legend: '{{version}} on Node.js {{node}}',
        },
      ],
    },
  ],
};

const REVIEWS: Row = {
  title: 'Reviews',
  panels: [
    lines('Reviews, by decision', 'reqps', [
      { expr: rateOf(METRICS.reviews.name, ['webhook', 'decision']), legend: '{{webhook}} {{decision}}' },
    ]),
    lines('Refused, by kind', 'reqps', [
      {
        expr: rateOf(METRICS.reviews.name, ['kind'], 'webhook="validate",decision="denied"'),
        legend: '{{kind}}',
      },
    ]),
    lines('Time of a review', 's', quantiles(METRICS.reviewSeconds.name, ['webhook'])),
    lines(
      'Violations, by policy and check',
      'cps',
      [
        {
          expr: `topk(10, ${rateOf(METRICS.findings.name, ['policy', 'check', 'action'])})`,
          legend: '{{policy}} {{check}} {{action}}',
        },
      ],
      { description: 'The ten most frequent. What has the action Warn or Audit refuses nothing.' },
    ),
    lines('Violations let in by exceptions', 'cps', [
      {
        expr: rateOf(METRICS.exceptedFindings.name, ['policy', 'check', 'exception']),
        legend: '{{policy}} {{check}} {{exception}}',
      },
    ]),
    lines('Filled in, or left for a reason', 'cps', [
      {
        expr: rateOf(METRICS.injections.name, ['injection', 'outcome', 'skip_reason']),
        legend: '{{injection}} {{outcome}} {{skip_reason}}',
      },
    ]),
    lines('Pod Security, by decision', 'cps', [
      {
        expr: rateOf(METRICS.podSecurityEvaluations.name, ['mode', 'policy_level', 'decision']),
        legend: '{{mode}} {{policy_level}} {{decision}}',
      },
      { expr: rateOf(METRICS.podSecurityExemptions.name), legend: 'exempt' },
      { expr: rateOf(METRICS.podSecurityErrors.name, ['fatal']), legend: 'error, fatal={{fatal}}' },
    ]),
  ],
};

const FAILURES: Row = {
  title: 'What goes wrong',
  panels: [
    lines(
      'Calls that the API server could not make',
      'reqps',
      [
        {
          expr: `sum by (name, error_type) (rate(${called(API_SERVER_METRICS.rejections.name, ['error_type!="no_error"'])}${INTERVAL}))`,
          legend: 'refused: {{name}} {{error_type}}',
        },
        {
          expr: `sum by (name) (rate(${called(API_SERVER_METRICS.failedOpen.name)}${INTERVAL}))`,
          legend: 'let through: {{name}}',
        },
      ],
      { description: 'As the API server counts them, for all releases of the cluster. Needs its metrics.' },
    ),
    lines(
      'Time of a call, as the API server sees it',
      's',
      [0.5, 0.99].map((share) => ({
        expr: `histogram_quantile(${share}, sum by (name, le) (rate(${called(`${API_SERVER_METRICS.seconds.name}_bucket`)}${INTERVAL})))`,
        legend: `{{name}} p${share * 100}`,
      })),
    ),
    lines('Turned away, by reason', 'reqps', [{ expr: rateOf(METRICS.shed.name, ['reason']), legend: '{{reason}}' }]),
    lines('Faults and requests that are not reviews', 'reqps', [
      { expr: rateOf(METRICS.faults.name), legend: 'faults' },
      { expr: rateOf(METRICS.badRequests.name), legend: 'no review' },
    ]),
    lines('Refusals, by what became of the event about them', 'cps', [
      { expr: rateOf(DENIAL_EVENTS.name, ['outcome']), legend: '{{outcome}}' },
    ]),
    lines('Reloads that failed', 'cps', [
      { expr: rateOf(METRICS.policyReloadFailures.name), legend: 'policies' },
      { expr: rateOf(METRICS.certificateReloadFailures.name), legend: 'certificate' },
    ]),
    lines(
      'Sets of policies put in force',
      'short',
      [{ expr: `max by (pod) (${chosen(METRICS.policyGeneration.name)})`, legend: '{{pod}}' }],
      { description: 'Since the start of each replica.' },
    ),
  ],
};

const CLUSTER: Row = {
  title: 'The cluster, as Sandgate sees it',
  panels: [
    lines(
      'Last heard of, by resource',
      's',
      [
        {
          expr: `max by (resource) (${chosen(WATCH_METRICS.watchStaleness.name)})`,
          legend: '{{resource}}',
        },
        {
          expr: `min by (resource) (${chosen(WATCH_METRICS.watchSynced.name)}) == 0`,
          legend: '{{resource}}: not known yet',
        },
      ],
      { description: 'About a minute at most while all is well.' },
    ),
    lines('Watches', 'cps', [
      { expr: rateOf(WATCH_METRICS.watchFailures.name, ['resource']), legend: '{{resource}} failed' },
      { expr: rateOf(WATCH_METRICS.watchLists.name, ['resource']), legend: '{{resource}} listed' },
      { expr: rateOf(WATCH_METRICS.watchConnections.name, ['resource']), legend: '{{resource}} connected' },
    ]),
    lines('Objects known', 'short', [
      { expr: `max by (resource) (${chosen(WATCH_METRICS.watchedObjects.name)})`, legend: '{{resource}}' },
    ]),
    lines(
      'Not accepted, by kind',
      'short',
      OWN_KINDS.map((kind) => ({ expr: `max(${chosen(refusedMetric(kind).name)})`, legend: kind.kinds })),
    ),
    lines('Status written', 'cps', [
      { expr: rateOf(CLUSTER_METRICS.policyStatusWrites.name, ['outcome']), legend: '{{outcome}}' },
    ]),
    lines('Looked up', 'reqps', [
      { expr: rateOf(CLUSTER_METRICS.namespaceLookups.name, ['outcome']), legend: 'namespace {{outcome}}' },
      { expr: rateOf(CLUSTER_METRICS.podLookups.name, ['outcome']), legend: 'pod {{outcome}}' },
    ]),
    lines('Who may use a class', 'reqps', [
      { expr: rateOf(CLUSTER_METRICS.authorizationRequests.name, ['outcome']), legend: '{{outcome}}' },
      { expr: rateOf(CLUSTER_METRICS.authorizationCacheHits.name), legend: 'already known' },
    ]),
    lines('Time of a SubjectAccessReview', 's', quantiles(CLUSTER_METRICS.authorizationSeconds.name)),
  ],
};

const PROCESS: Row = {
  title: 'The process',
  panels: [
    lines('CPU', 'short', [
      { expr: `sum by (pod) (rate(${chosen(PROCESS_METRICS.cpu.name)}${INTERVAL}))`, legend: '{{pod}}' },
    ]),
    lines('Memory', 'bytes', [
      { expr: `max by (pod) (${chosen(PROCESS_METRICS.memory.name)})`, legend: '{{pod}} resident' },
      { expr: `max by (pod) (${chosen(PROCESS_METRICS.heap.name)})`, legend: '{{pod}} heap' },
    ]),
    lines(
      'Event loop lag and garbage collection',
      's',
      [
        { expr: `max by (pod) (${chosen(METRICS.eventLoopLag.name)})`, legend: '{{pod}} lag' },
        {
          expr: `sum by (pod) (rate(${chosen(`${PROCESS_METRICS.collecting.name}_sum`)}${INTERVAL}))`,
          legend: '{{pod}} collecting, per second',
        },
      ],
      { description: 'The longest time since the last scrape for which everything had to wait.' },
    ),
    lines('Reviews in flight', 'short', [
      { expr: `sum by (pod) (${chosen(METRICS.inFlight.name)})`, legend: '{{pod}}' },
    ]),
    lines(
      'CPU of a review, by part',
      's',
      [
        {
          expr: `${rateOf(`${METRICS.phaseSeconds.name}_sum`, ['phase'])} / ${rateOf(`${METRICS.phaseSeconds.name}_count`, ['phase'])}`,
          legend: '{{phase}}',
        },
      ],
      { stacked: true, description: 'The mean of each part.' },
    ),
    lines('Length of a patch', 'bytes', quantiles(METRICS.patchBytes.name)),
  ],
};

export const ROWS: readonly Row[] = [OVERVIEW, REVIEWS, FAILURES, CLUSTER, PROCESS];
