// What an alert is, and the words that stand for what only a release knows.

/** Stands for the labels by which the series of the release are found. */
export const RELEASE_LABELS = 'RELEASE';

/** The values of the chart that decide from where on there is an alert, with their defaults. */
export const THRESHOLDS = {
  slowReviewSeconds: 0.5,
  refusedPercent: 50,
  watchStaleSeconds: 300,
  certificateDays: 14,
} as const;
export type Threshold = keyof typeof THRESHOLDS;

/** Stands for the value of a threshold. */
export function threshold(name: Threshold): string {
  return `THRESHOLD_${name}`;
}

export interface Alert {
  readonly name: string;
  /** `critical`: pods are refused or not judged, now or very soon. `info`: worth a look. */
  readonly severity: 'critical' | 'warning' | 'info';
  readonly expr: string;
  /** How long it has to hold. */
  readonly for: string;
  /** One line, without a full stop. */
  readonly summary: string;
  /** What it means for the cluster. */
  readonly description: string;
  /** What to do, as Markdown, seen from docs/. */
  readonly todo: string;
}

/** A series of ours, with these further conditions on its labels. */
export function ours(name: string, conditions = ''): string {
  return `${name}{${RELEASE_LABELS}${conditions === '' ? '' : `,${conditions}`}}`;
}
