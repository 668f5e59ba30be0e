// The rule `identity`: fills in the runtime user each image needs, and judges users and groups.
import { defineRule } from '../rule.ts';
import { home } from './home.ts';
import { identity as fillIn } from './identity.ts';
import { namespaceUsers } from './namespaceUsers.ts';
import { identityProblems, parameters } from './parameters.ts';
import { rootGroups } from './rootGroups.ts';
import { supplementalGroups } from './supplementalGroups.ts';
import { unknownImage } from './unknownImage.ts';
import { userRange } from './userRange.ts';

export const identity = defineRule({
  key: 'identity',
  parameters,
  notes: ['images[].source', 'images[].verified'],
  problems: identityProblems,
  checks: [unknownImage, namespaceUsers, userRange, rootGroups],
  fillIns: [fillIn, supplementalGroups, home],
});
