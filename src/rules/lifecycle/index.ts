// The rule `lifecycle`: how long pods run, and what becomes of them at their end.
import { defineRule } from '../rule.ts';
import { activeDeadline } from './activeDeadline.ts';
import { capGracePeriod } from './capGracePeriod.ts';
import { defaultDeadline } from './defaultDeadline.ts';
import { defaultTtl } from './defaultTtl.ts';
import { gracePeriod } from './gracePeriod.ts';
import { lifecycleProblems, parameters } from './parameters.ts';
import { restartPolicies } from './restartPolicies.ts';
import { ttlAfterFinished } from './ttlAfterFinished.ts';

export const lifecycle = defineRule({
  key: 'lifecycle',
  parameters,
  problems: lifecycleProblems,
  checks: [restartPolicies, activeDeadline, ttlAfterFinished, gracePeriod],
  fillIns: [defaultDeadline, capGracePeriod],
  objectFillIns: [defaultTtl],
});
