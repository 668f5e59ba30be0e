// What the API server itself counts of the calls to our webhooks: its own /metrics, not what its clients or we think.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { seriesOf } from '../../support/scrape.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';

const PREFIX = 'apiserver_admission_webhook_';

export interface WebhookCounts {
  /** Requests that were refused because a call failed. */
  readonly refusedForFailure: number;
  /** Calls that failed and were ignored, because `failurePolicy` says so. */
  readonly failedOpen: number;
  /** All calls by the status they ended with for the API server: 200, the status of a refusal, or that of a failure. */
  readonly codes: Readonly<Record<string, number>>;
}

/** So far, over all webhooks. */
export async function webhookCounts(plane: ControlPlane): Promise<WebhookCounts> {
  const { text } = await plane.admin.request('GET', '/metrics');
  const ours = text.split('\n').filter((line) => line.startsWith(PREFIX));
  const codes: Record<string, number> = {};
  let refusedForFailure = 0;
  let failedOpen = 0;
  for (const [series, value] of seriesOf(ours.join('\n'))) {
    const [name = ''] = series.split('{', 1);
    if (name === `${PREFIX}request_total`) {
      const code = labelOf(series, 'code');
      codes[code] = (codes[code] ?? 0) + value;
    }
    if (name === `${PREFIX}rejection_count` && labelOf(series, 'error_type') !== 'no_error') refusedForFailure += value;
    if (name === `${PREFIX}fail_open_count`) failedOpen += value;
  }
  return { refusedForFailure, failedOpen, codes };
}

/** What was counted from one look to the next. */
export function countedSince(before: WebhookCounts, after: WebhookCounts): WebhookCounts {
  const codes = Object.entries(after.codes).map(([code, count]) => [code, count - (before.codes[code] ?? 0)] as const);
  return {
    refusedForFailure: after.refusedForFailure - before.refusedForFailure,
    failedOpen: after.failedOpen - before.failedOpen,
    codes: Object.fromEntries(codes.filter(([, count]) => count > 0)),
  };
}

function labelOf(series: string, label: string): string {
  return new RegExp(`[{,]${label}="([^"]*)"`).exec(series)?.[1] ?? '';
}

/** What it logged of calls that failed, without the addresses; for finding out what a count is about. */
export function failedCalls(plane: ControlPlane): readonly string[] {
  const log = readFileSync(join(plane.folder, 'kube-apiserver.log'), 'utf8');
  const lines = log.split('\n').filter((line) => line.includes('Failed calling webhook'));
  return lines.map((line) =>
    line.replace(/^.*Failed calling/, 'failed calling').replaceAll(/127\.0\.0\.1:\d+/g, 'loopback'),
  );
}

/** Counts in which nothing failed: so many calls with the verdict "allowed", so many with "denied". */
export function noFailures(allowed: number, denied = 0): WebhookCounts {
  return { refusedForFailure: 0, failedOpen: 0, codes: { 200: allowed, ...(denied > 0 && { 403: denied }) } };
}
