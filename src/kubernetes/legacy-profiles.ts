// Seccomp and AppArmor profiles in the annotations that came before the fields. Kubernetes no longer reads those of seccomp,
// but still refuses a pod in which annotation and field say different things.
// Source: k8s.io/kubernetes v1.37.2, pkg/apis/core/validation/validation.go and pkg/registry/core/pod/strategy.go.
import { ownField } from '../model/json.ts';
import {
  APPARMOR_ANNOTATION_PREFIX,
  SECCOMP_CONTAINER_ANNOTATION_PREFIX,
  SECCOMP_POD_ANNOTATION,
} from '../model/names.ts';
import { cutUnits } from '../model/one-line.ts';
import { containerPath, type PodView } from './containers.ts';
import type { ConflictSide } from './pod-validation.ts';

/** More of an annotation than this is not quoted. */
const MOST = 64;

type Pair = readonly [ConflictSide, ConflictSide];

/** Finds the profiles of a pod that its annotations contradict. */
export function legacyProfileConflicts(kind: 'seccomp' | 'appArmor'): (pod: PodView) => readonly Pair[] {
  return kind === 'seccomp' ? seccompConflicts : appArmorConflicts;
}

function seccompConflicts(pod: PodView): readonly Pair[] {
  const { annotations } = pod.metadata;
  if (!annotations || !Object.keys(annotations).some((key) => key.includes('seccomp'))) return [];
  const pairs: Pair[] = [];
  const compare = (key: string, profile: unknown, path: string, container?: string): void => {
    const text = annotationText(annotations, key);
    if (text === undefined || !isProfile(profile) || says(text, profile) || isDockerDefault(text, profile)) return;
    pairs.push(pairOf(path, profile, key, text, container));
  };
  compare(
    SECCOMP_POD_ANNOTATION,
    ownField(pod.spec.securityContext, 'seccompProfile'),
    'spec.securityContext.seccompProfile',
  );
  for (const ref of pod.containers) {
    const profile = ownField(ref.container.securityContext, 'seccompProfile');
    const path = containerPath(ref, 'securityContext.seccompProfile');
    compare(SECCOMP_CONTAINER_ANNOTATION_PREFIX + ref.name, profile, path, ref.name);
  }
  return pairs;
}

/**
 * Where a container has no profile of its own, the API server makes one of the annotation before it compares them, so that
 * only an annotation that it cannot read contradicts the profile of the pod.
 */
function appArmorConflicts(pod: PodView): readonly Pair[] {
  const { annotations } = pod.metadata;
  if (!annotations || pod.spec.os?.name === 'windows') return [];
  const inherited = ownField(pod.spec.securityContext, 'appArmorProfile');
  return pod.containers.flatMap((ref) => {
    const key = APPARMOR_ANNOTATION_PREFIX + ref.name;
    const text = annotationText(annotations, key);
    if (text === undefined) return [];
    const own = ownField(ref.container.securityContext, 'appArmorProfile');
    const profile = isProfile(own) ? own : inherited;
    if (!isProfile(profile) || says(text, profile) || (profile !== own && isReadable(text))) return [];
    const path =
      profile === own ? containerPath(ref, 'securityContext.appArmorProfile') : 'spec.securityContext.appArmorProfile';
    return [pairOf(path, profile, key, text, profile === own ? ref.name : undefined)];
  });
}

function pairOf(path: string, profile: unknown, key: string, text: string, container: string | undefined): Pair {
  const field = path.slice(path.lastIndexOf('.') + 1);
  const of = container === undefined ? '' : ` of container ${JSON.stringify(container)}`;
  const place = container === undefined ? { path } : { path, container };
  const words = `${field} ${String(ownField(profile, 'type'))}${of}`;
  const annotation: ConflictSide = {
    path: `metadata.annotations[${key}]`,
    text: `annotation ${key} ${JSON.stringify(cutUnits(text, MOST))}`,
    change: `remove annotation ${key}`,
  };
  return [{ ...place, text: words, change: `remove ${path}${of}` }, annotation];
}

/** An annotation without a value is one of an empty value, as Go reads it. */
function annotationText(annotations: object, key: string): string | undefined {
  if (!Object.hasOwn(annotations, key)) return undefined;
  const text = ownField(annotations, key);
  return typeof text === 'string' ? text : '';
}

function isProfile(profile: unknown): boolean {
  return typeof profile === 'object' && profile !== null;
}

function says(annotation: string, profile: unknown): boolean {
  const type = ownField(profile, 'type');
  if (type === 'Unconfined') return annotation === 'unconfined';
  if (type === 'RuntimeDefault') return annotation === 'runtime/default';
  if (type === 'Localhost') return annotation === `localhost/${String(ownField(profile, 'localhostProfile'))}`;
  // Another type is refused by itself.
  return true;
}

/** The name of the runtime's default profile before Kubernetes 1.11, for seccomp alone. */
function isDockerDefault(annotation: string, profile: unknown): boolean {
  return annotation === 'docker/default' && ownField(profile, 'type') === 'RuntimeDefault';
}

function isReadable(annotation: string): boolean {
  return annotation === 'unconfined' || annotation === 'runtime/default' || /^localhost\/./.test(annotation);
}
