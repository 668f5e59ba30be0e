// Every command, in the order help lists them.
import type { CommandSpec } from '../command.ts';
import { check } from './check.ts';
import { completion } from './completion.ts';
import { importRules } from './import.ts';
import { inject } from './inject.ts';
import { review } from './review.ts';
import { serve } from './serve.ts';
import { test } from './test.ts';
import { users } from './users.ts';
import { version } from './version.ts';

export const COMMANDS: readonly CommandSpec[] = [
  serve,
  check,
  inject,
  review,
  importRules,
  users,
  test,
  completion,
  version,
];
