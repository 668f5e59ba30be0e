// Annotations and labels that a class must not write, or that the API server would refuse.
import { APPARMOR_ANNOTATION_PREFIX } from '../../../model/names.ts';
import { fieldsAt, keyProblem, nameOf } from '../../located.ts';
import type { DocumentProblem } from '../../problems.ts';
import { unknownName } from '../../repeats.ts';
import type { Parts } from '../parts.ts';

const OWN_PREFIX = /^([^/]*\.)?sandgate\.dev\//;

/** Annotations and labels that a class must not set. */
export function metadataProblems({ template, allContainers }: Parts): readonly DocumentProblem[] {
  const annotations = fieldsAt(template, 'metadata', 'annotations');
  const labels = fieldsAt(template, 'metadata', 'labels');
  const known = allContainers.map((container) => nameOf(container) ?? '');
  return [...annotations, ...labels].flatMap(([key, member]) => {
    // They say what a workload asks for, and a class must not ask on its behalf.
    if (OWN_PREFIX.test(key))
      return [keyProblem(member, 'sandgate.dev keys are not for classes to write (leave it out)')];
    if (!key.startsWith(APPARMOR_ANNOTATION_PREFIX)) return [];
    const name = key.slice(APPARMOR_ANNOTATION_PREFIX.length);
    return known.includes(name) ? [] : [keyProblem(member, unknownName(name, 'container of the template', known))];
  });
}
