// The rule `serviceAccount`: which account pods run as, and which tokens and certificates they hold.
import { defineRule } from '../rule.ts';
import { automountServiceAccountToken } from './automountServiceAccountToken.ts';
import { automountToken } from './automountToken.ts';
import { parameters, serviceAccountProblems } from './parameters.ts';
import { podCertificates } from './podCertificates.ts';
import { projectedTokens } from './projectedTokens.ts';
import { serviceAccountName } from './serviceAccountName.ts';
import { trustBundles } from './trustBundles.ts';

export const serviceAccount = defineRule({
  key: 'serviceAccount',
  parameters,
  problems: serviceAccountProblems,
  checks: [automountToken, serviceAccountName, projectedTokens, trustBundles, podCertificates],
  fillIns: [automountServiceAccountToken],
});
