// How messages name containers, alone or together with their pod.
import { joinQuoted, pluralize } from '../model/text.ts';

/** `container "a"`, `containers "a", "b"`. */
export function nameContainers(names: readonly string[]): string {
  return `${pluralize('container', 'containers', names.length)} ${joinQuoted(names)}`;
}

/** Who sets a field that pods have too: `pod`, the containers, or both. To be joined with "and". */
export function nameSetters(byPod: boolean, names: readonly string[]): string[] {
  const setters = byPod ? ['pod'] : [];
  if (names.length > 0) setters.push(nameContainers(names));
  return setters;
}
