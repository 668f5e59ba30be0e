// Names the fields of a template that have a wrong type, by their paths in the whole object.
import { type ShapeProblem, shapeProblems } from '../kubernetes/pod-shape.ts';

/**
 * The fields of a wrong type in a template, and a sentence about them.
 * @param prefix the template's place in the object, as `spec.podTemplate.`; empty for a Pod
 */
export function wrongTypes(
  template: unknown,
  prefix: string,
): { readonly problems: readonly ShapeProblem[]; readonly sentence: string } {
  const problems = shapeProblems(template).map(({ path, expected }) => ({
    path: path === '' ? prefix.slice(0, -1) || 'the object' : prefix + path,
    expected,
  }));
  return { problems, sentence: problems.map((problem) => `${problem.path} must be ${problem.expected}`).join(', ') };
}
