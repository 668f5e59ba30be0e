// What to say of requests that an audit log has too little of.
import type { Gap } from '../gaps/gaps.ts';
import type { UnjudgedRequest } from './event.ts';

const LEVEL = 'level RequestResponse for these resources in the audit policy: docs/replay.md has the rule';

const WORDS: Readonly<Record<UnjudgedRequest, readonly [what: string, expected: string]>> = {
  'metadata-level': ['are logged at level Metadata, which has no objects', LEVEL],
  'patch-without-response': ['are patches at level Request, which has the patch and not what came of it', LEVEL],
  truncated: ['were truncated by the API server', 'a larger --audit-log-truncate-max-event-size'],
  'no-object': ['have no object in the log', LEVEL],
};

/** A gap for each reason, with the number of requests. */
export function unjudgedGaps(unjudged: Readonly<Record<string, number>>): readonly Gap[] {
  return Object.entries(WORDS).flatMap(([why, [what, expected]]): readonly Gap[] => {
    const count = unjudged[why] ?? 0;
    if (count === 0) return [];
    const message = `${count} ${count === 1 ? 'request' : 'requests'} of workloads ${what}: not judged (expected ${expected})`;
    return [{ message, line: message }];
  });
}
