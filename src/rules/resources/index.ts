// The rule `resources`: what pods must ask for, and how much of it they may have.
import { defineRule } from '../rule.ts';
import { allowedExtended } from './allowedExtended.ts';
import { defaultResources } from './defaultResources.ts';
import { maxResources } from './maxResources.ts';
import { parameters, resourcesProblems } from './parameters.ts';
import { requiredResources } from './requiredResources.ts';
import { resourceClaims } from './resourceClaims.ts';

export const resources = defineRule({
  key: 'resources',
  parameters,
  problems: resourcesProblems,
  checks: [requiredResources, maxResources, allowedExtended, resourceClaims],
  fillIns: [defaultResources],
});
