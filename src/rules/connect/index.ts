// The rule `connect`: who may connect to running pods.
import { defineRule } from '../rule.ts';
import { connectAttach } from './connectAttach.ts';
import { connectEphemeralContainers } from './connectEphemeralContainers.ts';
import { connectExec } from './connectExec.ts';
import { connectPortForward } from './connectPortForward.ts';
import { connectProxy } from './connectProxy.ts';
import { connectProblems, parameters } from './parameters.ts';

export const connect = defineRule({
  key: 'connect',
  parameters,
  problems: connectProblems,
  checks: [connectExec, connectAttach, connectPortForward, connectProxy, connectEphemeralContainers],
});
