// Every command, in the order help lists them.
import type { CommandSpec } from '../command.ts';
import { audit } from './audit.ts';
import { check } from './check.ts';
import { completion } from './completion.ts';
import { importRules } from './import.ts';
import { inject } from './inject.ts';
import { review } from './review.ts';
import { serve } from './serve.ts';
import { status } from './status.ts';
import { test } from './test.ts';
import { version } from './version.ts';

export const COMMANDS: readonly CommandSpec[] = [
  serve,
  check,
  inject,
  review,
  test,
  audit,
  status,
  importRules,
  completion,
  version,
];
