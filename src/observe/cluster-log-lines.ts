// The lines of the log about what is followed of a cluster, and about its policies.
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
    when: 'Another set of policies, or of classes, is in force, for reviews from now on.',
    fields: { policies: 'how many policies there are', classes: 'how many classes' },
  },
  {
    msg: 'policy accepted',
    level: 'info',
    when: 'An IsolationPolicy of the cluster is in force as written.',
    fields: { policy: 'its name', generation: 'of which generation' },
  },
  {
    msg: 'policy not accepted',
    level: 'warn',
    when: 'An IsolationPolicy of the cluster is not in force as written; if an earlier generation of it was, that one still is.',
    fields: {
      policy: 'its name',
      generation: 'of which generation',
      reason: '`Invalid` or `NameTaken`',
      problem: 'what is wrong with it; the same as in its status',
    },
  },
  {
    msg: 'runtime class not found',
    level: 'warn',
    when: 'An IsolationPolicy, of the cluster or of a file, gives pods a RuntimeClass that does not exist: the API server refuses such pods.',
    fields: { policy: 'its name', runtimeClass: 'the name of the RuntimeClass' },
  },
  {
    msg: 'policy status not written',
    level: 'warn',
    when: 'The status of an IsolationPolicy could not be written. Said once until it can be again; it is tried again and again.',
    fields: { policy: 'its name', problem: PROBLEM },
  },
];
