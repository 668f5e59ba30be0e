// Explains names, as `sandgate explain NAME` does.

import type { NameExplanation } from './explain-types.ts';
import { explainNamed } from './offline/explain/names.ts';

/** Says what a check, a rule, a fill-in or a key of a policy, such as `spec.identity.images`, is for. */
export function explainName(name: string): NameExplanation {
  return explainNamed(name);
}
