// Which of the hardening fields a policy asks for.
import { type FillSpec, HARDEN_LEVELS, type HardenField } from '../spec.ts';

/** True where the policy's `harden`, a level or a list of fields, includes this field. */
export function hardens(spec: FillSpec, field: HardenField): boolean {
  if (spec.harden === undefined) return false;
  const fields = typeof spec.harden === 'string' ? HARDEN_LEVELS[spec.harden] : spec.harden;
  return fields.includes(field);
}
