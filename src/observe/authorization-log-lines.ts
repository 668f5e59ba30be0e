// The lines of the log about the questions who may use a capability class.
import type { LogLine } from './log-lines.ts';

export const AUTHORIZATION_LOG_LINES: readonly LogLine[] = [
  {
    msg: 'authorization failing',
    level: 'warn',
    when: 'The API server could not be asked whether somebody may use a capability class, which counts as no. Said once until `authorization recovered`.',
    fields: { problem: 'what went wrong, in the words of the API server or of the system' },
  },
  {
    msg: 'authorization recovered',
    level: 'info',
    when: 'After `authorization failing`: it answers again, and has not failed to for 10 s.',
    fields: { failures: 'how many requests failed in between' },
  },
];
