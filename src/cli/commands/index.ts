// Every command, in the order help lists them.
import type { CommandSpec } from '../command.ts';
import { audit } from './audit.ts';
import { check } from './check.ts';
import { compare } from './compare.ts';
import { completion } from './completion.ts';
import { explain } from './explain.ts';
import { exportPolicies } from './export.ts';
import { importRules } from './import.ts';
import { inject } from './inject.ts';
import { playground } from './playground.ts';
import { replay } from './replay.ts';
import { review } from './review.ts';
import { serve } from './serve.ts';
import { status } from './status.ts';
import { test } from './test.ts';
import { users } from './users.ts';
import { version } from './version.ts';

export const COMMANDS: readonly CommandSpec[] = [
  serve,
  check,
  inject,
  review,
  explain,
  test,
  audit,
  replay,
  compare,
  importRules,
  exportPolicies,
  users,
  status,
  playground,
  completion,
  version,
];
