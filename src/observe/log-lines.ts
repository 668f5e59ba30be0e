// Every line of the log: when it is written, and what its fields say. docs/logs.md is made from this table.
import type { Webhook } from '../admission/review.ts';
import type { Decision, SkipCode } from '../model/decision.ts';
import { OWN_KINDS } from '../resources/index.ts';
import { orWords, withArticle } from '../resources/words.ts';
import { AUTHORIZATION_LOG_LINES } from './authorization-log-lines.ts';
import { CLUSTER_LOG_LINES, DENIAL_EVENT_LOG_LINES, REGISTRATION_LOG_LINES } from './cluster-log-lines.ts';
import { ownKindLogLines } from './own-kind-log-lines.ts';

/** One decision. Fields without a value are left out. */
export interface ReviewLine {
  readonly uid: string;
  readonly webhook: Webhook;
  readonly user: string;
  readonly operation: string;
  readonly kind: string;
  readonly subresource: string | undefined;
  readonly namespace: string;
  readonly name: string;
  readonly dryRun: true | undefined;
  readonly verdict: Decision['verdict'] | undefined;
  readonly skip: SkipCode | undefined;
  readonly policies: readonly string[] | undefined;
  readonly checks: readonly string[] | undefined;
  readonly exceptions: readonly string[] | undefined;
  readonly injected: readonly string[] | undefined;
  readonly notInjected: readonly string[] | undefined;
  readonly patchBytes: number;
  readonly durationMs: number;
}

/** Which policies a review had to answer to, and why not to the others. */
export interface SelectionLine {
  readonly uid: string;
  readonly webhook: Webhook;
  readonly skip: SkipCode | undefined;
  readonly selection: readonly string[];
  readonly more: number | undefined;
}

/** One answer of /validate-policy. */
export interface PolicyReviewLine {
  readonly uid: string;
  readonly user: string;
  readonly operation: string;
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly dryRun: true | undefined;
  readonly allowed: boolean;
}

/** What the docs say of one line. */
export interface LogLine {
  /** The constant text by which lines can be found. */
  readonly msg: string;
  readonly level: 'error' | 'warn' | 'info' | 'debug';
  /** When it is written, and whose fields it shares. */
  readonly when: string;
  /** What each field of its own says. */
  readonly fields: Readonly<Record<string, string>>;
}

/** Fields of every line, in the order of pino. */
export const COMMON_FIELDS: Readonly<Record<string, string>> = {
  level: '`debug`, `info`, `warn` or `error`',
  time: 'ISO 8601, in UTC',
  msg: 'which line this is, as in the headings below',
};

const REVIEW_FIELDS: Readonly<Record<keyof ReviewLine, string>> = {
  uid: 'the uid of the review, the same as in the audit log of the API server',
  webhook: '`mutate` or `validate`',
  user: 'the name of who asked; no groups and no tokens',
  operation: '`CREATE`, `UPDATE`, `DELETE` or `CONNECT`',
  kind: '`Pod`, `Deployment.apps`',
  subresource: 'such as `ephemeralcontainers`',
  namespace: "the object's; empty where it has none",
  name: 'the name of the object, or its `generateName` with a `*` while it has no name',
  dryRun: 'true for a dry run',
  verdict: '`allowed`, `denied` or `skipped`',
  skip: 'why it was skipped: a code of [skips.md](skips.md)',
  policies: 'the policies that matched',
  checks: 'what was violated, as `check:action`, each once',
  exceptions: 'the exceptions that let something in: `NAMESPACE/NAME`, or `policy NAME` for one of the policy itself',
  injected: 'what was filled in, as `policy/injection`',
  notInjected: 'what was left for a reason, as `policy/injection:reason`',
  patchBytes: 'the length of the JSON patch before base64; 0 where there is none',
  durationMs: 'from the whole request to the answer',
};

const SELECTION_FIELDS: Readonly<Record<keyof SelectionLine, string>> = {
  uid: REVIEW_FIELDS.uid,
  webhook: REVIEW_FIELDS.webhook,
  skip: `${REVIEW_FIELDS.skip}; where the request is not ours to look at, \`selection\` is empty`,
  selection: '`policy: matches` or `policy: why not`, in order of priority; the first 50',
  more: 'how many more there were',
};

const POLICY_REVIEW_FIELDS: Readonly<Record<keyof PolicyReviewLine, string>> = {
  uid: REVIEW_FIELDS.uid,
  user: REVIEW_FIELDS.user,
  operation: REVIEW_FIELDS.operation,
  kind: orWords(OWN_KINDS.map(({ kind }) => `\`${kind}\``)),
  namespace: 'its namespace, of kinds that have one',
  name: 'the name of the object',
  dryRun: REVIEW_FIELDS.dryRun,
  allowed: 'false where it was refused; its author was told why',
};

const ERR = 'what was thrown, with its stack';
const PROBLEM = 'what went wrong, in the words of the API server or of the system';
const UID_AND_WEBHOOK = { uid: `${REVIEW_FIELDS.uid}; where it was a review`, webhook: REVIEW_FIELDS.webhook };
const SERVED_FIELDS = {
  names: 'the names in the certificate that is served, the first 5',
  serialNumber: 'its serial number, in hexadecimal',
  notAfter: 'when it expires',
};

export const LOG_LINES: readonly LogLine[] = [
  { msg: 'reviewed', level: 'info', when: 'A review was answered.', fields: REVIEW_FIELDS },
  {
    msg: 'failed to review',
    level: 'error',
    when: 'A bug of ours kept us from deciding: a mutation was let through as it was, a validation was refused. The fields of `reviewed`, and:',
    fields: { err: ERR },
  },
  { msg: 'selected', level: 'debug', when: 'Beside the line of each review.', fields: SELECTION_FIELDS },
  {
    msg: 'reviewed a policy',
    level: 'info',
    when: 'A request to /validate-policy was answered.',
    fields: POLICY_REVIEW_FIELDS,
  },
  {
    msg: 'failed to review a policy',
    level: 'error',
    when: `A bug of ours kept us from judging ${orWords(OWN_KINDS.map(({ noun }) => withArticle(noun)))}, and it was refused. The fields of \`reviewed a policy\`, and:`,
    fields: { err: ERR },
  },
  {
    msg: 'not a review',
    level: 'warn',
    when: 'A request to a webhook was not an AdmissionReview that can be read, and was answered with a 4xx.',
    fields: { problem: 'what is wrong with it, quoting nothing of it but `kind` and `apiVersion`' },
  },
  {
    msg: 'not authenticated',
    level: 'warn',
    when: 'A request to a webhook came without an accepted client certificate, and was answered with a 403.',
    fields: { problem: 'what is wrong with the certificate' },
  },
  {
    msg: 'too busy',
    level: 'warn',
    when: 'Requests were turned away unread. At most every 10 s.',
    fields: { shed: 'how many since the last such line, by reason' },
  },
  {
    msg: 'log lines lost',
    level: 'warn',
    when: 'Whoever reads stdout had stalled, until 8 MiB of lines were waiting, and reads again.',
    fields: { lines: 'how many were not written meanwhile' },
  },
  {
    msg: 'certificate reloaded',
    level: 'info',
    when: 'Other files are in use from now on.',
    fields: { changed: 'which of `certificate`, `CA` and `client CA`', ...SERVED_FIELDS },
  },
  {
    msg: 'certificate not reloaded',
    level: 'error',
    when: 'The files on disk cannot be used; what was in use before still is.',
    fields: { problem: 'which file, and what is wrong with it', serving: 'what is served: the same fields as above' },
  },
  {
    msg: 'certificate files can be used again',
    level: 'info',
    when: 'The files on disk are again those in use.',
    fields: SERVED_FIELDS,
  },
  {
    msg: 'failed to answer',
    level: 'error',
    when: 'A bug of ours, outside of the engine: a review was answered as in `failed to review`, anything else with a 500.',
    fields: { ...UID_AND_WEBHOOK, err: ERR },
  },
  {
    msg: 'failed to log a review',
    level: 'error',
    when: 'A bug of ours kept a review, which was answered, from being logged or counted.',
    fields: { uid: REVIEW_FIELDS.uid, err: ERR },
  },
  {
    msg: 'failed to count a fault',
    level: 'error',
    when: 'A bug of ours in the metrics; the fault itself is in the line before.',
    fields: { err: ERR },
  },
  {
    msg: 'failed to warm up',
    level: 'error',
    when: 'At the start: the first reviews will be slow.',
    fields: { err: ERR },
  },
  {
    msg: 'traces not exported',
    level: 'warn',
    when: 'The collector did not take spans, and they are not sent again. Said once until it takes some.',
    fields: { problem: 'what went wrong, in the words of the collector or of the system' },
  },
  {
    msg: 'failed to export traces',
    level: 'error',
    when: 'A bug of ours: some spans are missing. Reviews do not depend on them.',
    fields: { err: ERR },
  },
  {
    msg: 'uncaught exception',
    level: 'error',
    when: 'A bug of ours outside of any request. The process goes on.',
    fields: { err: ERR },
  },
  {
    msg: 'unhandled rejection',
    level: 'error',
    when: 'Likewise.',
    fields: { err: ERR },
  },
  {
    msg: 'more than N faults within S s: giving up',
    level: 'error',
    when: 'Likewise, again and again. The process ends with exit code 3.',
    fields: { err: 'the last of them, with its stack' },
  },
  {
    msg: 'failed to close',
    level: 'error',
    when: 'A bug of ours at the end. The process ends all the same.',
    fields: { err: ERR },
  },
  {
    msg: 'cut off what was still under way at the shutdown deadline',
    level: 'warn',
    when: 'At the end.',
    fields: { connections: 'how many were still open' },
  },
  ...CLUSTER_LOG_LINES,
  ...OWN_KINDS.flatMap(ownKindLogLines),
  {
    msg: 'namespace not looked up',
    level: 'warn',
    when: 'A namespace that the watch does not have yet could not be asked for. Said once until it can be again.',
    fields: { problem: PROBLEM },
  },
  {
    msg: 'pod not looked up',
    level: 'warn',
    when: 'A pod that somebody wants to connect to could not be asked for, and a policy judges connections: it is refused.',
    fields: { problem: PROBLEM },
  },
  ...AUTHORIZATION_LOG_LINES,
  ...REGISTRATION_LOG_LINES,
  ...DENIAL_EVENT_LOG_LINES,
  {
    msg: 'failed to take in what the cluster holds',
    level: 'error',
    when: 'A bug of ours: what was known before stays in force.',
    fields: { err: ERR },
  },
];
