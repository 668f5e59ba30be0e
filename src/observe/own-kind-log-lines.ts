// The lines of the log about the capability classes of a cluster.
import type { LogLine } from './log-lines.ts';

const GENERATION = 'of which generation';

export const CLASS_LOG_LINES: readonly LogLine[] = [
  {
    msg: 'class accepted',
    level: 'info',
    when: 'A CapabilityClass of the cluster is in force as written.',
    fields: { class: 'its name', generation: GENERATION },
  },
  {
    msg: 'class not accepted',
    level: 'warn',
    when: 'A CapabilityClass of the cluster is not in force as written; if an earlier generation of it was, that one still is.',
    fields: {
      class: 'its name',
      generation: GENERATION,
      reason: '`Invalid` or `NameTaken`',
      problem: 'what is wrong with it; the same as in its status',
    },
  },
  {
    msg: 'capability class not found',
    level: 'warn',
    when: 'A policy in force, of a file or of the cluster, lists a class that is not there, or an implementation that the class does not have: pods that ask for it are refused. Said again when something else is missing.',
    fields: { policy: 'its name', problem: 'what is missing' },
  },
  {
    msg: 'class status not written',
    level: 'warn',
    when: 'The status of a CapabilityClass could not be written. Said once until it can be again; it is tried again and again.',
    fields: { class: 'its name', problem: 'what went wrong, in the words of the API server or of the system' },
  },
];
