// A name belongs to one resource of its kind, wherever it comes from.
import type { DocumentProblem } from './problems.ts';

/**
 * The problem of an object whose name belongs to another.
 * @param owner who has it, in words: `the policy at agents.yaml:3`
 */
export function takenProblem(name: string, owner: string): DocumentProblem {
  const message = `${JSON.stringify(name)} is taken by ${owner} (expected a name of its own)`;
  return { keys: ['metadata', 'name'], what: 'value', message };
}
