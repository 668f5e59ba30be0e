// Images whose content can change without a change of the class: what is granted is then not what was reviewed.
import { parseImage, tagColon } from '../../../images/image-reference.ts';
import { at, valueProblem } from '../../located.ts';
import { quoteValue } from '../../problem-words.ts';
import type { DocumentProblem } from '../../problems.ts';
import type { Parts } from '../parts.ts';

/** Warns about images without a digest. */
export function imageWarnings({ allContainers }: Parts): readonly DocumentProblem[] {
  return allContainers.flatMap((container) => {
    const image = at(container, 'image');
    const parsed = typeof image.value === 'string' ? parseImage(image.value) : undefined;
    if (typeof image.value !== 'string' || !parsed || parsed.digest !== undefined) return [];
    const text = quoteValue(image.value);
    if (tagColon(image.value) === -1) {
      return [valueProblem(image, `${text} has neither tag nor digest: every pull may bring another (add @sha256:…)`)];
    }
    return [valueProblem(image, `${text} is not pinned: its tag can be moved to another image (add @sha256:…)`)];
  });
}
