// The rule `env`: the environment variables of containers.
import { defineRule } from '../rule.ts';
import { addEnv } from './addEnv.ts';
import { envFieldRefs } from './envFieldRefs.ts';
import { forbiddenEnv } from './forbiddenEnv.ts';
import { envProblems, parameters } from './parameters.ts';
import { secretEnv } from './secretEnv.ts';

export const env = defineRule({
  key: 'env',
  parameters,
  problems: envProblems,
  checks: [forbiddenEnv, secretEnv, envFieldRefs],
  fillIns: [addEnv],
});
