// What the checks of seccomp and AppArmor profiles share: the fields of the pod and of its containers, and the annotations
// that came before them.
import type { PodView } from '../../kubernetes/containers.ts';
import type { Profile } from '../../kubernetes/pod.ts';
import type { Sentence, Violation } from '../../model/finding.ts';
import { escapedNote, pluralize, quoteVisible } from '../../model/text.ts';
import { append, inContainer, settersOf, textOf } from '../../pod-security/violations.ts';
import { listedNames } from '../name-list.ts';

/** The field, and where the same was said before it existed. */
export interface ProfileKind {
  readonly field: 'seccompProfile' | 'appArmorProfile';
  /** The annotations that stand for the field: each of them, whichever container it names. */
  readonly isAnnotation: (key: string) => boolean;
  /** The values of annotations that stand for the runtime's default. */
  readonly defaults: readonly string[];
}

/** What a policy allows, ready to be asked. */
export interface AllowedProfiles {
  readonly includes: (localhostProfile: string) => boolean;
  /** As messages give it. */
  readonly inWords: string;
}

const LOCALHOST = 'localhost/';

/** The list as messages give it. */
export function profilesInWords(patterns: readonly string[]): string {
  return patterns.length === 0 ? 'RuntimeDefault' : `RuntimeDefault and of Localhost ${listedNames(patterns)}`;
}

/** Every profile that is set, and is neither the runtime's default nor one of the node that the policy allows. */
export function findProfiles(
  pod: PodView,
  { field, isAnnotation, defaults }: ProfileKind,
  { includes, inWords: allowed }: AllowedProfiles,
): readonly Violation[] | undefined {
  let found: Violation[] | undefined;
  const ofPod = wrongField(pod.spec.securityContext?.[field], includes);
  if (ofPod) {
    const path = `spec.securityContext.${field}.${ofPod.kind}`;
    found = append(found, { path, ...ofPod, allowed });
  }
  for (const ref of pod.containers) {
    const own = wrongField(ref.container.securityContext?.[field], includes);
    if (!own) continue;
    const violation = inContainer(ref, `securityContext.${field}.${own.kind}`, own.value);
    found = append(found, { ...violation, kind: own.kind, allowed });
  }
  const { annotations } = pod.metadata;
  if (!annotations) return found;
  for (const key of Object.keys(annotations)) {
    if (!isAnnotation(key)) continue;
    const value = annotations[key];
    if (!value || defaults.includes(value)) continue;
    if (value.startsWith(LOCALHOST) && includes(value.slice(LOCALHOST.length))) continue;
    found = append(found, { path: `metadata.annotations[${key}]`, value, kind: 'annotation', allowed });
  }
  return found;
}

function wrongField(
  profile: Profile | null | undefined,
  includes: (localhostProfile: string) => boolean,
): { readonly kind: 'type' | 'localhostProfile'; readonly value: unknown } | undefined {
  if (!profile || profile.type === 'RuntimeDefault') return undefined;
  if (profile.type !== 'Localhost') return { kind: 'type', value: profile.type };
  const { localhostProfile } = profile;
  return includes(localhostProfile ?? '') ? undefined : { kind: 'localhostProfile', value: localhostProfile };
}

/** The sentence about profiles that are not allowed. */
export function describeProfiles(reason: string): (violations: readonly Violation[]) => Sentence {
  return (violations) => {
    const annotations = violations.filter(({ kind }) => kind === 'annotation');
    const setters = settersOf(violations.filter(({ kind }) => kind !== 'annotation'));
    if (annotations.length > 0) setters.push(pluralize('annotation', 'annotations', annotations.length));
    const values = [...new Set(violations.map(shown))];
    const count = violations.length;
    return {
      reason,
      detail:
        `${setters.join(' and ')} ${pluralize('sets', 'set', count)} ${values.map(quoteVisible).join(', ')}; ` +
        `allowed: ${violations[0]?.allowed ?? ''}${escapedNote(values)}`,
    };
  };
}

/** As the annotations have it: `localhost/x` for a profile of the node. */
function shown({ kind, value }: Violation): string {
  return kind === 'localhostProfile' ? LOCALHOST + textOf(value) : textOf(value);
}
