// Names the fields of a template that have a wrong type, by their paths in the whole object.
import { type ShapeFault, shapeFaults } from '../kubernetes/pod-shape.ts';

/**
 * The fields of a wrong type in a template, and a sentence about them.
 * @param prefix the template's place in the object, as `spec.podTemplate.`; empty for a Pod
 */
export function wrongTypes(
  template: unknown,
  prefix: string,
): { readonly faults: readonly ShapeFault[]; readonly sentence: string } {
  const faults = shapeFaults(template).map(({ path, expected }) => ({
    path: path === '' ? prefix.slice(0, -1) || 'the object' : prefix + path,
    expected,
  }));
  return { faults, sentence: faults.map((fault) => `${fault.path} must be ${fault.expected}`).join(', ') };
}
