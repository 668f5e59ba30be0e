// Alerts about what is answered, and how fast.
import { METRICS } from '../../../src/observe/metrics/definitions.ts';
import { type Alert, ours, threshold } from '../alert.ts';

export const REVIEW_ALERTS: readonly Alert[] = [
  {
    name: 'SandgateFaults',
    severity: 'warning',
    expr: `sum(increase(${ours(METRICS.faults.name)}[15m])) > 0`,
    for: '0m',
    summary: 'A bug of Sandgate kept it from deciding',
    description:
      'Of a review that ends in a fault, a mutation is let through as it was and a validation is refused. Each fault is in the log at level error, with its stack.',
    todo: 'Please report the line with `err` of the [log](logs.md#failed-to-review): SECURITY.md says how, if it can be provoked. The review can be repeated on a laptop with `sandgate review`.',
  },
  {
    name: 'SandgateRequestsShed',
    severity: 'warning',
    expr: `sum by (reason) (rate(${ours(METRICS.shed.name, 'reason!="starting"')}[5m])) > 0`,
    for: '5m',
    summary: 'Sandgate turns requests away ({{ $labels.reason }})',
    description:
      'More arrives than the replicas can answer in time. What is turned away is treated by failurePolicy: refused with Fail, let through unjudged with Ignore.',
    todo: 'More replicas, or more CPU for each: [sizing](guides/sizing.md). A limit on CPU that is too low shows as event loop lag on the dashboard.',
  },
  {
    name: 'SandgateReviewsSlow',
    severity: 'warning',
    expr: `histogram_quantile(0.99, sum by (webhook, le) (rate(${ours(`${METRICS.reviewSeconds.name}_bucket`)}[10m]))) > ${threshold('slowReviewSeconds')}`,
    for: '10m',
    summary: 'Reviews of /{{ $labels.webhook }} are slow',
    description:
      'The slowest hundredth of the reviews takes {{ $value | humanizeDuration }} or longer. Every pod that is created waits for it, and at the timeout of the webhook failurePolicy decides.',
    todo: 'A review takes milliseconds. Look at CPU and event loop lag on the dashboard, then at lookups and SubjectAccessReviews: those wait for the API server. [Sizing](guides/sizing.md), [performance](performance.md).',
  },
  {
    name: 'SandgateManyRefusals',
    severity: 'info',
    expr: [
      `100 * sum(rate(${ours(METRICS.reviews.name, 'webhook="validate",decision="denied"')}[15m]))`,
      `/ sum(rate(${ours(METRICS.reviews.name, 'webhook="validate",decision=~"allowed|denied"')}[15m])) > ${threshold('refusedPercent')}`,
    ].join(' '),
    for: '15m',
    summary: 'Sandgate refuses {{ $value | humanize }} % of what it judges',
    description:
      'A policy that was changed may refuse more than it was meant to, or a controller may be trying again and again to create a pod that is refused.',
    todo: 'The dashboard shows which policies and checks. [A policy refuses what it should not](guides/emergency.md#a-policy-refuses-what-it-should-not); a policy is tried with Warn or Audit first: [rolling one out](guides/roll-out.md).',
  },
];
