// The rule `runtime`: the RuntimeClass that pods run with.
import { defineRule } from '../rule.ts';
import { allowedRuntimes } from './allowedRuntimes.ts';
import { incompatibleRuntime } from './incompatibleRuntime.ts';
import { minimumRuntime } from './minimumRuntime.ts';
import { parameters, runtimeProblems } from './parameters.ts';
import { runtimeClass } from './runtimeClass.ts';
import { runtimeExists } from './runtimeExists.ts';
import { runtimeNodes } from './runtimeNodes.ts';

export const runtime = defineRule({
  key: 'runtime',
  parameters,
  problems: runtimeProblems,
  checks: [allowedRuntimes, minimumRuntime, runtimeExists, runtimeNodes, incompatibleRuntime],
  fillIns: [runtimeClass],
});
