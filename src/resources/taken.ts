// A name belongs to one policy, or to one class, wherever they come from.
import type { Fault } from './problems.ts';

/**
 * The fault of an object whose name belongs to another.
 * @param owner who has it, in words: `the policy at agents.yaml:3`
 */
export function takenFault(name: string, owner: string): Fault {
  const message = `${JSON.stringify(name)} is taken by ${owner} (expected a name of its own)`;
  return { keys: ['metadata', 'name'], what: 'value', message };
}
