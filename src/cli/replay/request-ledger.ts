// What a replay keeps of the requests that it has judged: one result for those about one object, or the pods of one controller,
// that came out alike. Its size grows with how many different results there are, not with the log.

import type { Gap } from '../../library/offline/gaps/gaps.ts';
import { displayName } from '../../model/subject.ts';
import type { EventCounts } from '../../report/shapes/format.ts';
import type { RequestCounts, Result } from '../../report/shapes/result.ts';
import { compact, findingKey, SharedFindings } from '../audit/compact.ts';
import { controllerOf } from '../audit/owners.ts';
import type { LoggedRequest, UnjudgedRequest } from './event.ts';

const MOST_USERS = 3;

interface Kept {
  readonly result: Result;
  requests: RequestCounts;
}

/** Gathers results and counts. */
export class RequestLedger {
  readonly #kept = new Map<string, Kept>();
  readonly #findings = new SharedFindings();
  readonly #gaps = new Map<string, { readonly gap: Gap; count: number }>();
  readonly #unjudged = new Map<UnjudgedRequest, number>();
  readonly #verdicts = { denied: 0, allowed: 0, skipped: 0 };
  #passedOver = 0;

  /** How many requests were judged. */
  get count(): number {
    return this.#verdicts.denied + this.#verdicts.allowed + this.#verdicts.skipped;
  }

  passOver(): void {
    this.#passedOver++;
  }

  leaveOut(why: UnjudgedRequest): void {
    this.#unjudged.set(why, (this.#unjudged.get(why) ?? 0) + 1);
  }

  add(request: LoggedRequest, result: Result, gaps: readonly Gap[]): void {
    for (const gap of gaps) this.#addGap(gap);
    if (result.verdict === 'skipped' && result.skipReason !== 'no-policy') {
      this.#passedOver++;
      return;
    }
    this.#verdicts[result.verdict]++;
    const { subject, object } = request;
    const owner = controllerOf(object, subject.namespace);
    const { apiVersion, kind } = result.object;
    const key = JSON.stringify([
      apiVersion,
      kind,
      subject.namespace,
      owner?.ref ?? displayName(subject),
      subject.operation,
      subject.subresource,
      saidOf(result),
    ]);
    const unchecked = gaps.filter(({ isNote }) => !isNote).map(({ message }) => message);
    const findings = this.#findings.of(result.findings);
    const known = this.#kept.get(key);
    if (known) known.requests = withRequest(known.requests, request);
    else {
      this.#kept.set(key, {
        result: {
          ...compact(result),
          findings,
          ...(owner && { owner: owner.ref }),
          ...(unchecked.length > 0 && { unchecked }),
        },
        requests: withRequest(undefined, request),
      });
    }
  }

  #addGap(gap: Gap): void {
    const key = gap.isNoted || gap.isNote ? gap.line : gap.message;
    const known = this.#gaps.get(key);
    if (known) known.count++;
    else this.#gaps.set(key, { gap, count: 1 });
  }

  results(): readonly Result[] {
    return [...this.#kept.values()].map(({ result, requests }) => ({ ...result, requests }));
  }

  gaps(): readonly Gap[] {
    return [...this.#gaps.values()].map(({ gap, count }) => {
      const more = count === 1 || gap.isNoted || gap.isNote ? '' : ` (and the same of ${count - 1} more requests)`;
      return { ...gap, line: gap.line + more };
    });
  }

  events(): EventCounts {
    return { ...this.#verdicts, unjudged: Object.fromEntries(this.#unjudged), passedOver: this.#passedOver };
  }
}

function withRequest(known: RequestCounts | undefined, { subject, at, code }: LoggedRequest): RequestCounts {
  const { operation, subresource, user, dryRun } = subject;
  const users = known?.users ?? [];
  const isNew = users.length < MOST_USERS && !users.includes(user.username);
  return {
    operation,
    subresource,
    count: (known?.count ?? 0) + 1,
    refused: (known?.refused ?? 0) + (code >= 400 ? 1 : 0),
    dryRun: (known?.dryRun ?? 0) + (dryRun ? 1 : 0),
    // Files may come in any order.
    first: known && known.first < at ? known.first : at,
    last: known && known.last > at ? known.last : at,
    users: isNew ? [...users, user.username] : users,
  };
}

function saidOf({ verdict, skipReason, findings, warnings }: Result): string {
  return JSON.stringify([verdict, skipReason, findings.map(findingKey), warnings]);
}
