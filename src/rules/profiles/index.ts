// The rule `profiles`: lists of one's own for what the Pod Security Standards have fixed lists of.
import { defineRule } from '../rule.ts';
import { addedCapabilities } from './addedCapabilities.ts';
import { allowedSysctls } from './allowedSysctls.ts';
import { droppedCapabilities } from './droppedCapabilities.ts';
import { localhostAppArmor } from './localhostAppArmor.ts';
import { localhostSeccomp } from './localhostSeccomp.ts';
import { parameters, profilesProblems } from './parameters.ts';
import { seLinuxTypes } from './seLinuxTypes.ts';

export const profiles = defineRule({
  key: 'profiles',
  parameters,
  problems: profilesProblems,
  checks: [localhostSeccomp, localhostAppArmor, seLinuxTypes, allowedSysctls, addedCapabilities, droppedCapabilities],
});
