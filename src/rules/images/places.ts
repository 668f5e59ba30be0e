// Where a pod names images, and how sentences name these places.
import type { PodView } from '../../kubernetes/containers.ts';
import type { Sentence, Violation } from '../../model/finding.ts';
import { escapedNote, joinQuoted, pluralize, quoteVisible } from '../../model/text.ts';
import { append, containersIn, inContainer, nameContainers } from '../../pod-security/violations.ts';

/**
 * What is wrong with the images of a pod: of containers in every list, and of image volumes.
 * @param wrong which demand an image does not meet, in words; undefined where it meets all
 */
export function judgeImages(
  { spec, containers }: PodView,
  wrong: (image: string) => string | undefined,
): readonly Violation[] | undefined {
  let found: Violation[] | undefined;
  for (const ref of containers) {
    const { image } = ref.container;
    const kind = wrong(image ?? '');
    if (kind !== undefined) found = append(found, { ...inContainer(ref, 'image', image), kind });
  }
  const { volumes } = spec;
  if (!volumes) return found;
  for (const [index, { name, image }] of volumes.entries()) {
    if (image === undefined || image === null) continue;
    const kind = wrong(image.reference ?? '');
    if (kind === undefined) continue;
    const path = `spec.volumes[${index}].image.reference`;
    found = append(found, { path, value: image.reference, volume: name ?? '', kind });
  }
  return found;
}

/** `containers "a", "b" and volume "m"`. */
export function nameHolders(violations: readonly Violation[]): string {
  const containers = containersIn(violations);
  const volumes = violations.flatMap(({ volume }) => volume ?? []);
  const parts = [];
  if (containers.length > 0) parts.push(nameContainers(containers));
  if (volumes.length > 0) parts.push(`${pluralize('volume', 'volumes', volumes.length)} ${joinQuoted(volumes)}`);
  return parts.join(' and ');
}

/** What the sentences of these checks have in common: who has which images, and what is demanded. */
export function describeImages(reason: string): (violations: readonly Violation[]) => Sentence {
  return (violations) => {
    const images = [...new Set(violations.map(({ value }) => (typeof value === 'string' ? value : '')))];
    const have = pluralize('has', 'have', violations.length);
    const image = pluralize('image', 'images', images.length);
    return {
      reason,
      detail:
        `${nameHolders(violations)} ${have} ${image} ${images.map(quoteVisible).join(', ')}` +
        `; ${demandsOf(violations)}${escapedNote(images)}`,
    };
  };
}

/** The demands that are not met, each once. */
export function demandsOf(violations: readonly Violation[]): string {
  return [...new Set(violations.map(({ kind = '' }) => kind))].join('; ');
}
