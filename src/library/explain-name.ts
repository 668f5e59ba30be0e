// Explains names, as `sandgate explain NAME` does.
import { explainNamed } from '../cli/explain/names.ts';
import type { NameExplanation } from './explain-types.ts';

/** Says what a check, a rule, a fill-in or a key of a policy, such as `spec.identity.images`, is for. */
export function explainName(name: string): NameExplanation {
  return explainNamed(name);
}
