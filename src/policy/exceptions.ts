// Which findings an exception covers. A module of its own, and without a word about policies: the standing exceptions of a
// policy (`checks.<id>.except`) and IsolationExceptions cover the same, by the same code.
//
// An exception never depends on a name alone where it gives images, nor on an image alone where it gives names: a finding has to
// match all of its fields. What belongs to the whole pod is covered where each container of the pod is: a container that
// nobody excepted is not let in by one beside it.
import { compilePatterns } from '../images/image-pattern.ts';
import { type ImageReference, parseImage } from '../images/image-reference.ts';
import { CONTAINER_LISTS, type ContainerRef, type PodView } from '../kubernetes/containers.ts';
import type { ExceptionUse, Violation } from '../model/finding.ts';
import { isGlob } from '../model/glob.ts';
import type { JsonObject } from '../model/json.ts';
import { endOf } from '../model/moment.ts';
import { compareBytewise } from '../model/text.ts';
import { type ExceptionEntry, readImageEntry } from './exception-entry.ts';
import type { ExceptionImages, ImageAnswers } from './image-answers.ts';
import { compileSelector } from './selector.ts';
import type { LabelSelector } from './spec.ts';

/** What an exception of a namespace says beside the fields of an entry. */
export interface ExceptionOwner {
  /** `team-a/vpn`. */
  readonly name: string;
  readonly selector?: LabelSelector | undefined;
  readonly requestedBy?: string | undefined;
}

/** An entry, ready for work. */
export interface Exception {
  /** What findings say of it. */
  readonly use: ExceptionUse;
  /** True for pods that it is for, by their labels. */
  readonly selects: (labels: JsonObject) => boolean;
  /** The names of the containers that it is for; undefined for any. */
  readonly containers: ReadonlySet<string> | undefined;
  /** Their images; undefined for any. */
  readonly images: ExceptionImages | undefined;
  readonly allows: (value: unknown) => boolean;
}

/** Violations that one exception covers. */
export interface Covered {
  readonly exception: Exception;
  /** At least one. */
  readonly violations: readonly Violation[];
}

/** The violations of one check, by what becomes of them. */
export interface Excepted {
  readonly left: readonly Violation[];
  readonly covered: readonly Covered[];
}

/**
 * Makes an entry ready, which was accepted: once, when it is loaded.
 * @param owner the IsolationException that it is; undefined for an entry of a policy
 */
export function compileException(entry: ExceptionEntry, owner?: ExceptionOwner): Exception {
  const { images, containers, values } = entry;
  const texts = values && new Set(values);
  const mismatch = compileSelector(owner?.selector, 'pod');
  return {
    use: useOf(entry, owner),
    selects: (labels) => mismatch?.(labels) === undefined,
    containers: containers && new Set(containers),
    images: images && compileImages(images),
    allows: (value) => {
      if (texts === undefined) return true;
      const text = valueText(value);
      return text !== undefined && texts.has(text);
    },
  };
}

function useOf({ reason, expires }: ExceptionEntry, owner: ExceptionOwner | undefined): ExceptionUse {
  const { name, requestedBy } = owner ?? {};
  const by = name === undefined ? '' : ` by ${name}`;
  const until = expires === undefined ? '' : ` until ${expires}`;
  const asked = requestedBy === undefined ? '' : ` (requested by ${requestedBy})`;
  return {
    name,
    reason,
    requestedBy,
    expires,
    // One whose date cannot be read has ended: it was never accepted.
    end: expires === undefined ? undefined : (endOf(expires) ?? Number.NEGATIVE_INFINITY),
    inWords: `excepted${by}${until}: ${reason}${asked}`,
  };
}

/**
 * Those that end last come first: of several that cover a finding, the one is named that goes on for longest, and nobody is
 * told that an exception ends while another one takes its place.
 */
export function lastToEndFirst(a: Exception, b: Exception): number {
  const [first, second] = [a.use.end ?? Number.POSITIVE_INFINITY, b.use.end ?? Number.POSITIVE_INFINITY];
  return first === second ? compareBytewise(a.use.name ?? '', b.use.name ?? '') : second - first;
}

/**
 * Those that have not ended.
 * @param now in milliseconds; where it is not known, an exception that ends has ended
 */
export function notEnded(exceptions: readonly Exception[], now: number | undefined): readonly Exception[] {
  return exceptions.filter(({ use: { end } }) => end === undefined || (now !== undefined && now < end));
}

/**
 * Takes out what exceptions cover; undefined where that is nothing.
 * @param exceptions those in force for the pod, in the order in which they are asked
 * @param pod the one that the violations were found in, with the indices that their paths have
 * @param answers those of the review
 */
export function takeExcepted(
  violations: readonly Violation[],
  exceptions: readonly Exception[],
  pod: PodView,
  answers: ImageAnswers,
): Excepted | undefined {
  if (exceptions.length === 0) return undefined;
  const by = new Map<Violation, Exception>();
  const places = new Places(pod, exceptions, answers);
  for (const violation of violations) {
    const exception = places.exceptionsAt(violation).find((one) => one.allows(violation.value));
    if (exception) by.set(violation, exception);
  }
  coverSharedFields(violations, by);
  if (by.size === 0) return undefined;
  const covered = new Map<Exception, Violation[]>();
  for (const [violation, exception] of by) {
    const known = covered.get(exception);
    if (known) known.push(violation);
    else covered.set(exception, [violation]);
  }
  return {
    left: violations.filter((violation) => !by.has(violation)),
    covered: [...covered].map(([exception, of]) => ({ exception, violations: of })),
  };
}

/** The containers of a pod by where they stand and by name, read once: there can be thousands, and as many violations. */
class Places {
  readonly #pod: PodView;
  readonly #exceptions: readonly Exception[];
  readonly #answers: ImageAnswers;
  /** The exceptions for what is there, by the place, the name after a space, or nothing for the whole pod. */
  readonly #known = new Map<string, readonly Exception[]>();
  #byPlace: Map<string, ContainerRef> | undefined;
  #byName: Map<string, ContainerRef[]> | undefined;

  constructor(pod: PodView, exceptions: readonly Exception[], answers: ImageAnswers) {
    this.#pod = pod;
    this.#exceptions = exceptions;
    this.#answers = answers;
  }

  /**
   * The exceptions for the container that a violation is in; of an annotation those for all that it names; of anything else
   * those for all containers of the pod.
   */
  exceptionsAt({ path, container, inObject }: Violation): readonly Exception[] {
    const place = inObject ? undefined : CONTAINER_PLACE.exec(path)?.[0];
    if (place !== undefined) return this.#for(place, () => this.#at(place));
    if (container !== undefined) return this.#for(` ${container}`, () => this.#named(container));
    return this.#for('', () => this.#pod.containers);
  }

  #for(key: string, refs: () => readonly ContainerRef[]): readonly Exception[] {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const all = refs();
    const found = this.#exceptions.filter((exception) => this.#isForAll(exception, all));
    this.#known.set(key, found);
    return found;
  }

  #isForAll({ containers, images }: Exception, refs: readonly ContainerRef[]): boolean {
    if (containers === undefined && images === undefined) return true;
    if (refs.length === 0) return false;
    return refs.every(
      ({ name, container: { image } }) =>
        (containers?.has(name) ?? true) && (images === undefined || this.#answers.isOneOf(images, image)),
    );
  }

  #at(place: string): readonly ContainerRef[] {
    this.#byPlace ??= new Map(this.#pod.containers.map((ref) => [`spec.${ref.list}[${ref.index}]`, ref]));
    const ref = this.#byPlace.get(place);
    return ref ? [ref] : [];
  }

  #named(name: string): readonly ContainerRef[] {
    this.#byName ??= Map.groupBy(this.#pod.containers, (ref) => ref.name);
    return this.#byName.get(name) ?? [];
  }
}

const CONTAINER_PLACE = new RegExp(`^spec\\.(${CONTAINER_LISTS.join('|')})\\[(\\d+)\\]`);
const POD_FIELD = /^spec\.securityContext\.(.+)$/;
const CONTAINER_FIELD = /^spec\.\w+\[\d+\]\.securityContext\.(.+)$/;

/**
 * Where a field is missing in the pod and in containers, that is one fault, found at both levels: it is covered in the pod
 * where it is in each of these containers.
 */
function coverSharedFields(violations: readonly Violation[], by: Map<Violation, Exception>): void {
  for (const violation of violations) {
    const field = POD_FIELD.exec(violation.path)?.[1];
    if (field === undefined || !isAbsent(violation.value) || by.has(violation)) continue;
    const inContainers = violations.filter(({ path }) => CONTAINER_FIELD.exec(path)?.[1] === field);
    const exception = inContainers[0] && by.get(inContainers[0]);
    if (exception && inContainers.every((one) => by.has(one))) by.set(violation, exception);
  }
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}

/** As entries give values; undefined for lists and objects, which have no such form. */
export function valueText(value: unknown): string | undefined {
  if (isAbsent(value)) return '';
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** Makes the matcher of image patterns. What is not an image reference matches none. */
function compileImages(patterns: readonly string[]): ExceptionImages {
  const entries = patterns.map((pattern) => {
    const { repository, tag, digest } = readImageEntry(pattern);
    return { matches: compilePatterns([repository]), tag, digest };
  });
  return {
    // Plain names take a look-up each.
    weight: patterns.reduce((sum, pattern) => sum + (isGlob(pattern) ? pattern.length : 1), 0),
    matches(image) {
      const reference = parseImage(image);
      if (!reference) return false;
      return entries.some(
        ({ matches, tag, digest }) => matches(reference.repository) !== undefined && isVersion(reference, tag, digest),
      );
    },
  };
}

/** A container runtime pulls by the digest where there is one, whatever the tag says. */
function isVersion(image: ImageReference, tag: string | undefined, digest: string | undefined): boolean {
  if (digest !== undefined) return image.digest === digest;
  return tag === undefined || (image.digest === undefined && image.tag === tag);
}
