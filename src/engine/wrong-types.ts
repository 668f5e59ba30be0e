// Names the fields of a template that have a wrong type, by their paths in the whole object.
import { type ShapeProblem, shapeProblems } from '../kubernetes/pod-shape.ts';
import { type FoundTemplate, pathInObject, TOO_MANY_TEMPLATES } from '../workloads/template.ts';

/** The fields of a wrong type in a template, by their paths in the object, and a sentence about them. */
export function wrongTypes(template: FoundTemplate): {
  readonly problems: readonly ShapeProblem[];
  readonly sentence: string;
} {
  const { value } = template;
  const found = value === TOO_MANY_TEMPLATES ? [{ path: '', expected: TOO_MANY_TEMPLATES }] : shapeProblems(value);
  const problems = found.map(({ path, expected }) => ({
    path: pathInObject(template, path) || 'the object',
    expected,
  }));
  return { problems, sentence: problems.map((problem) => `${problem.path} must be ${problem.expected}`).join(', ') };
}
