// Names the fields of a template that cannot be read, by their paths in the whole object.
import { type ShapeFault, shapeFaults } from '../kubernetes/pod-shape.ts';

/** The faults of a template that stands at `prefix` (`spec.podTemplate.`, or empty for a Pod), and a sentence about them. */
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
