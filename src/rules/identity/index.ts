// The rule `identity`: fills in the runtime user each image needs.
import { defineRule } from '../rule.ts';
import { identity as fillIn } from './identity.ts';
import { identityProblems, parameters } from './parameters.ts';
import { unknownImage } from './unknownImage.ts';

export const identity = defineRule({
  key: 'identity',
  parameters,
  notes: ['images[].source', 'images[].verified'],
  problems: identityProblems,
  checks: [unknownImage],
  fillIns: [fillIn],
});
