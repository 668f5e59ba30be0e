// The rule `process`: how the processes of a pod are shared, reached and watched.
import { defineRule } from '../rule.ts';
import { hostProbes } from './hostProbes.ts';
import { lifecycleExec } from './lifecycleExec.ts';
import { parameters } from './parameters.ts';
import { requiredProbes } from './requiredProbes.ts';
import { shareProcessNamespace } from './shareProcessNamespace.ts';
import { stdin } from './stdin.ts';

export const process = defineRule({
  key: 'process',
  parameters,
  checks: [shareProcessNamespace, stdin, hostProbes, lifecycleExec, requiredProbes],
});
