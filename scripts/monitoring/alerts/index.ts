// The alerts: what is asked of Prometheus, what is said where it holds, and what to do then. The chart's PrometheusRule and
// docs/alerts.md are made from this table.
import type { Alert } from '../alert.ts';
import { ACCEPTANCE_ALERTS } from './acceptance.ts';
import { AVAILABILITY_ALERTS } from './availability.ts';
import { CERTIFICATE_ALERTS } from './certificates.ts';
import { CLUSTER_ALERTS } from './cluster.ts';
import { REVIEW_ALERTS } from './reviews.ts';

/** All of them, in the order of the docs. */
export const ALERTS: readonly Alert[] = [
  ...AVAILABILITY_ALERTS,
  ...CERTIFICATE_ALERTS,
  ...REVIEW_ALERTS,
  ...ACCEPTANCE_ALERTS,
  ...CLUSTER_ALERTS,
];
