// The classes that a policy lists, held against those there are. Apart from the policy's own problems: in a cluster classes
// come and go on their own.
import type { CapabilityClass, CapabilityClasses } from '../../grants/class.ts';
import { stringField } from '../../model/json.ts';
import { at, eachAt, valueProblem } from '../located.ts';
import type { DocumentProblem } from '../problems.ts';
import { unknownName } from '../repeats.ts';

/**
 * What is wrong with the `capabilities` of a policy, given the classes there are. Total: the document may be any JSON.
 * @param named the names of all classes, also of those that were not accepted; undefined where there may be others
 */
export function capabilityProblems(
  document: unknown,
  classes: CapabilityClasses,
  named: readonly string[] | undefined,
): readonly DocumentProblem[] {
  return eachAt({ keys: [], value: document }, 'spec', 'capabilities').flatMap((ref) => {
    const name = stringField(ref.value, 'name');
    if (name === undefined) return [];
    const capability = classes.get(name);
    if (!capability) {
      if (named === undefined || named.includes(name)) return [];
      return [valueProblem(at(ref, 'name'), unknownName(name, 'capability class', named))];
    }
    const wanted = at(ref, 'implementation');
    const problem = typeof wanted.value === 'string' ? implementationProblem(capability, wanted.value) : undefined;
    return problem === undefined ? [] : [valueProblem(wanted, problem)];
  });
}

/** What is wrong with naming this implementation of a class, in words; undefined where pods can be granted it. */
export function implementationProblem({ name, implementations }: CapabilityClass, wanted: string): string | undefined {
  const usable = implementations.filter(({ reject }) => reject === undefined).map((one) => one.name);
  if (usable.includes(wanted)) return undefined;
  if (!implementations.some((one) => one.name === wanted)) {
    return unknownName(wanted, `implementation of class ${name}`, usable);
  }
  const expected = `expected one that gives something: ${usable.join(', ') || 'there is none'}`;
  return `"${wanted}" of class ${name} only says why it is not available (${expected})`;
}
