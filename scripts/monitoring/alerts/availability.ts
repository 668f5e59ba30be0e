// Alerts about whether anybody answers.
import { WEBHOOKS_REGISTERED } from '../../../src/observe/metrics/cluster-definitions.ts';
import { METRICS } from '../../../src/observe/metrics/definitions.ts';
import { type Alert, ours } from '../alert.ts';
import { API_SERVER_METRICS } from '../series.ts';

export const AVAILABILITY_ALERTS: readonly Alert[] = [
  {
    name: 'SandgateDown',
    severity: 'critical',
    expr: `absent(${ours(METRICS.buildInfo.name)})`,
    for: '5m',
    summary: 'No replica of Sandgate is scraped',
    description:
      'Prometheus finds no pod of Sandgate. Where none runs, webhooks with failurePolicy Fail refuse every pod, and nothing is judged by those with Ignore.',
    todo: 'Look at the pods: [Sandgate does not answer](guides/emergency.md#sandgate-does-not-answer). Where they run, Prometheus does not reach them: a ServiceMonitor or PodMonitor without the labels that it selects, or `networkPolicy.metricsNamespaces` without its namespace.',
  },
  {
    name: 'SandgateWebhooksNotRegistered',
    severity: 'critical',
    expr: `max(${ours(WEBHOOKS_REGISTERED.name)}) == 0`,
    for: '10m',
    summary: 'The webhooks are not registered, and nothing is judged',
    description:
      'Sandgate runs and has not registered its webhooks, most likely because the API server does not reach it. No pod is refused, filled in or judged.',
    todo: '`helm test` and `sandgate status` say why, in the words of the API server; so does the log, as `webhooks not registered`. What each means: [how the webhooks are registered](install.md#how-the-webhooks-are-registered).',
  },
  {
    name: 'SandgateCallsFailing',
    severity: 'critical',
    expr: calls(API_SERVER_METRICS.rejections.name, ['error_type!="no_error"']),
    for: '5m',
    summary: 'The API server refuses requests because it cannot call {{ $labels.name }}',
    description:
      'Requests are refused although nobody judged them: the API server gets no answer from the webhook {{ $labels.name }}, and its failurePolicy is Fail.',
    todo: 'The message of the refusal has the cause: [Sandgate does not answer](guides/emergency.md#sandgate-does-not-answer), which also says how to let pods through at once.',
  },
  {
    name: 'SandgateCallsSkipped',
    severity: 'warning',
    expr: calls(API_SERVER_METRICS.failedOpen.name),
    for: '10m',
    summary: 'The API server goes on without the answer of {{ $labels.name }}',
    description:
      'The API server gets no answer from the webhook {{ $labels.name }} and lets requests through without it, since its failurePolicy is Ignore.',
    todo: 'The same causes as [Sandgate does not answer](guides/emergency.md#sandgate-does-not-answer). What came in meanwhile is found by [`sandgate audit`](audit.md).',
  },
];

function calls(metric: string, conditions: readonly string[] = []): string {
  return `sum by (name) (rate(${metric}{${['name=~".+[.]sandgate[.]dev"', ...conditions].join(',')}}[5m])) > 0`;
}
