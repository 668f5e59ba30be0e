// What to say of requests that an audit log says too little about.
import type { Gap } from '../../library/offline/gaps/gaps.ts';
import type { UnjudgedRequest } from './event.ts';

const LEVEL = 'level RequestResponse for these resources in the audit policy: docs/replay.md has the rule';

/** The words for one request, and for several. */
const WORDS: Readonly<Record<UnjudgedRequest, readonly [one: string, several: string, expected: string]>> = {
  'metadata-level': [
    'is logged at level Metadata, which has no objects',
    'are logged at level Metadata, which has no objects',
    LEVEL,
  ],
  'patch-without-response': [
    'is a patch, and the log does not have the object that came of it',
    'are patches, and the log does not have the objects that came of them',
    LEVEL,
  ],
  truncated: [
    'was truncated by the API server',
    'were truncated by the API server',
    'a larger --audit-log-truncate-max-event-size',
  ],
  'no-object': ['has no object in the log', 'have no object in the log', LEVEL],
};

/** A gap for each reason, with the number of requests. */
export function unjudgedGaps(unjudged: Readonly<Record<string, number>>): readonly Gap[] {
  return Object.entries(WORDS).flatMap(([why, [one, several, expected]]): readonly Gap[] => {
    const count = unjudged[why] ?? 0;
    if (count === 0) return [];
    const message = `${count === 1 ? `1 request of a workload ${one}` : `${count} requests of workloads ${several}`}: not judged (expected ${expected})`;
    return [{ message, line: message }];
  });
}
