// The lines of the log about what is followed of a cluster.
import type { LogLine } from './log-lines.ts';

const RESOURCE = 'what is watched, as RBAC names it with its group: `isolationpolicies.sandgate.dev`';
const PROBLEM = 'what went wrong, in the words of the API server or of the system';

export const CLUSTER_LOG_LINES: readonly LogLine[] = [
  {
    msg: 'watch synced',
    level: 'info',
    when: 'The first complete list of a resource is there.',
    fields: { resource: RESOURCE, objects: 'how many there are' },
  },
  {
    msg: 'watch failing',
    level: 'warn',
    when: 'A resource could not be listed or watched, and not at the second attempt either. What was known stays in force, and it is tried again for as long as it takes. Said once.',
    fields: { resource: RESOURCE, problem: PROBLEM },
  },
  {
    msg: 'watch recovered',
    level: 'info',
    when: 'After `watch failing`: all is well again.',
    fields: { resource: RESOURCE, objects: 'how many there are' },
  },
  {
    msg: 'resource not installed',
    level: 'warn',
    when: 'The API server does not know a resource: its CustomResourceDefinition is missing. Policies in files are in force without it. Said once; it is looked for again and again.',
    fields: { resource: RESOURCE, problem: PROBLEM },
  },
  {
    msg: 'policies changed',
    level: 'info',
    when: 'Another set of policies, of classes or of exceptions is in force, for reviews from now on.',
    fields: {
      policies: 'how many policies there are',
      classes: 'how many classes',
      exceptions: 'how many IsolationExceptions',
    },
  },
  {
    msg: 'uninstall announced',
    level: 'info',
    when: 'Helm is about to uninstall the release. What stays in the cluster says in its status that nothing is judged by it any more.',
    fields: {
      written: 'of how many objects the status says so now',
      failed: 'of how many it could not be written in time',
    },
  },
];

/** Those of a server that writes events about what it refuses. */
export const DENIAL_EVENT_LOG_LINES: readonly LogLine[] = [
  {
    msg: 'event not written',
    level: 'warn',
    when: 'An event about a refusal could not be written, and is not written later. Said once until one can be.',
    fields: { problem: PROBLEM },
  },
  {
    msg: 'failed to write events',
    level: 'error',
    when: 'A bug of ours: some events are missing. Reviews do not depend on them.',
    fields: { err: 'what was thrown, with its stack' },
  },
];

/** Those of a server that registers its webhooks itself. */
export const REGISTRATION_LOG_LINES: readonly LogLine[] = [
  {
    msg: 'webhooks registered',
    level: 'info',
    when: 'The webhook configurations are as they should be: the API server asks about workloads from now on. Once at the start, and after each problem.',
    fields: { about: 'whom the API server asks' },
  },
  {
    msg: 'webhooks not registered',
    level: 'warn',
    when: 'The API server is not told to ask, so nothing is judged and nothing is refused. It is tried again every few seconds. Said once for each reason that lasts longer than ten seconds.',
    fields: { problem: 'why, in the words of the API server where it is the one that cannot reach us' },
  },
  {
    msg: 'webhooks not kept up to date',
    level: 'warn',
    when: 'The webhooks are registered, and cannot be checked or changed. What is registered stays. Said once for each reason.',
    fields: { problem: PROBLEM },
  },
  {
    msg: 'webhook registered where it is used',
    level: 'info',
    when: 'A policy uses a webhook that is registered only where one does: requests of its kind are sent from now on. Said by the replica that registered it.',
    fields: { webhook: 'its name in the ValidatingWebhookConfiguration' },
  },
  {
    msg: 'webhook removed that no policy uses',
    level: 'info',
    when: 'The last policy that used such a webhook is gone: nobody waits for Sandgate with such requests any more. Said by the replica that removed it.',
    fields: { webhook: 'its name in the ValidatingWebhookConfiguration' },
  },
  {
    msg: 'webhooks changed by others',
    level: 'warn',
    when: 'Somebody changed a field of ours in the webhook configurations. It is set right; each time later, up to an hour, where that happens again and again.',
    fields: {
      field: 'the first field that was found changed',
      managers: 'who else has written to the configurations, by the names of their field managers',
    },
  },
  {
    msg: 'webhooks registered by others',
    level: 'info',
    when: 'The chart registers them, or replicas of another release: we leave them alone.',
    fields: { about: 'who does' },
  },
];
