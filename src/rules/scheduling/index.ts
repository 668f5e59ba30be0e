// The rule `scheduling`: on which nodes pods run, and before which other pods.
import { defineRule } from '../rule.ts';
import { addNodeSelector } from './addNodeSelector.ts';
import { addTolerations } from './addTolerations.ts';
import { allowedPriorityClasses } from './allowedPriorityClasses.ts';
import { allowedSchedulers } from './allowedSchedulers.ts';
import { allowedTolerations } from './allowedTolerations.ts';
import { defaultPriorityClass } from './defaultPriorityClass.ts';
import { nodeName } from './nodeName.ts';
import { parameters, schedulingProblems } from './parameters.ts';
import { requiredNodeSelector } from './requiredNodeSelector.ts';
import { requiredTolerations } from './requiredTolerations.ts';

export const scheduling = defineRule({
  key: 'scheduling',
  parameters,
  problems: schedulingProblems,
  checks: [
    requiredNodeSelector,
    requiredTolerations,
    allowedTolerations,
    nodeName,
    allowedSchedulers,
    allowedPriorityClasses,
  ],
  fillIns: [addNodeSelector, addTolerations, defaultPriorityClass],
});
