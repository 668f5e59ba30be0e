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
];
