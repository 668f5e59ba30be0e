// One attempt to get around a rule: what of a pod it changes, by which ways it is tried, and what has to come of it.
import { isJsonObject, type JsonObject } from '../../../src/model/json.ts';
import { type Change, found, put } from '../support/change.ts';
import { type Controller, type RunningWay, TEMPLATE_WAYS, type TemplateWay, TYPED_WAYS, type Way } from './ways.ts';

/** What must come of it; a controller that is let in with the warning that its pods would be refused counts as refused. */
export type Expected =
  | { readonly verdict: 'refused'; readonly check: string }
  | { readonly verdict: 'refused by Kubernetes'; readonly says: string }
  | {
      readonly verdict: 'let in';
      /** Why that does not get around the rule, for readers of the list. */
      readonly because: string;
      /** What the pod has then, at a path inside of it: of controllers the pod is not known yet. */
      readonly gets?: { readonly value: unknown; readonly path: readonly string[] };
    };

/** One request. */
export interface Trial {
  readonly way: Way;
  /** Which container, where the attempt is about one. */
  readonly where: string | undefined;
  /** Of the pod template; by the ways of a pod that runs, of the pod. */
  readonly change: Change;
  /** Of the object around the template. */
  readonly around?: Change;
  /** Its text, where it is not the one that it has in JSON. */
  readonly asText?: (object: JsonObject) => string;
  readonly expected: Expected;
}

export interface Attempt {
  readonly what: string;
  /**
   * How the API server changes what was sent before it asks, where that makes another answer than the engine's to the file: then only
   * the server's is compared.
   */
  readonly rewritten?: string;
  readonly trials: readonly Trial[];
}

/** Attempts against one policy, in one namespace. */
export interface Section {
  readonly title: string;
  /** The rules that it is about: keys of a policy's spec. */
  readonly rules: readonly string[];
  /** For those who read the list. */
  readonly about: string;
  /** The spec of the policy, without `match`. */
  readonly spec: JsonObject;
  /** Of the namespace. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** The pod that all of them begin with, which the policy lets in by every way. */
  readonly base: Change;
  /** The controllers that can hold that pod; all where it is left out. */
  readonly controllers?: readonly Controller[];
  readonly attempts: readonly Attempt[];
}

type Unlike = readonly [ways: readonly Way[], Expected];

/** What is expected by some ways, where it is not what is expected by the others. */
export function by(ways: readonly Way[], expected: Expected): Unlike {
  return [ways, expected];
}

/** @param says part of its words, where they are the same by every way */
export function kubernetes(says = ''): Expected {
  return { verdict: 'refused by Kubernetes', says };
}

/**
 * @param value what the pod has then
 * @param path where it has it: from the pod on, or from the container that an attempt is about
 */
export function letIn(because: string, value?: unknown, ...path: readonly string[]): Expected {
  return { verdict: 'let in', because, ...(path.length > 0 && { gets: { value, path } }) };
}

export function refused(check: string): Expected {
  return { verdict: 'refused', check };
}

function trial(way: Way, where: string | undefined, change: Change, usual: Expected, unlike: readonly Unlike[]): Trial {
  const own = unlike.find(([ways]) => ways.includes(way));
  return { way, where, change, expected: own === undefined ? usual : own[1] };
}

/** Where the API server reads a pod as one, it refuses it itself. */
export const NO_POD = by(TYPED_WAYS, kubernetes());

/** A change to the pod, tried by every way in which a pod, or what makes it, is stored. */
export function inPod(
  what: string,
  expected: string | Expected,
  change: Change,
  ...unlike: readonly Unlike[]
): Attempt {
  const usual = typeof expected === 'string' ? refused(expected) : expected;
  return { what, trials: TEMPLATE_WAYS.map((way) => trial(way, undefined, change, usual, unlike)) };
}

/** Where containers stand, and by which ways they are tried there. */
const PLACES: readonly (readonly [where: string, list: string, name: string, ways: readonly Way[]])[] = [
  ['container', 'containers', 'side', TEMPLATE_WAYS],
  ['init container', 'initContainers', 'setup', ['Pod', 'Sandbox']],
  ['sidecar', 'initContainers', 'sidecar', ['Pod', 'Sandbox']],
  ['ephemeral container', 'ephemeralContainers', 'debug', ['Sandbox', 'ephemeral container']],
];

/**
 * A change to a container, tried in a container by every way; in init containers and sidecars of a Pod and of a Sandbox; and in
 * an ephemeral container, of a Sandbox's template and as it is added to a pod that runs.
 */
export function inContainer(
  what: string,
  expected: string | Expected,
  change: Change,
  ...unlike: readonly Unlike[]
): Attempt {
  const usual = typeof expected === 'string' ? refused(expected) : expected;
  const trials = PLACES.flatMap(([where, list, name, ways]) =>
    ways.map((way) => {
      const changed = list === 'ephemeralContainers' ? withDebugger(change) : changedIn(change, list, name);
      return within(trial(way, where, changed, usual, unlike), ['spec', list, name]);
    }),
  );
  return { what, trials };
}

/** With the path of what a container is to have, which begins at the container, from the pod on. */
function within(one: Trial, place: readonly string[]): Trial {
  const { expected } = one;
  if (expected.verdict !== 'let in' || expected.gets === undefined) return one;
  const { value, path } = expected.gets;
  return { ...one, expected: { ...expected, gets: { value, path: [...place, ...path] } } };
}

/** The same without ephemeral containers, which cannot have what it is about. */
export function inOwnContainer(...args: Parameters<typeof inContainer>): Attempt {
  const { what, trials } = inContainer(...args);
  return { what, trials: trials.filter(({ where }) => where !== 'ephemeral container') };
}

/** A change to the member of a list of containers that has this name. */
function changedIn(change: Change, list: string, name: string): Change {
  return (pod) => {
    const container = found(pod, 'spec', list, name);
    if (!isJsonObject(container)) throw new Error(`nothing is called ${name}`);
    return put(change(container), 'spec', list, name)(pod);
  };
}

function withDebugger(change: Change): Change {
  return put([change({ name: 'debug', image: 'example.com/debug:1' })], 'spec', 'ephemeralContainers');
}

/** A change to a pod that runs. */
export function whileItRuns(
  what: string,
  expected: string | Expected,
  change: Change,
  way: RunningWay = 'update',
): Attempt {
  const usual = typeof expected === 'string' ? refused(expected) : expected;
  return { what, trials: [trial(way, undefined, change, usual, [])] };
}

/** The same attempt, where the API server asks about something else than was sent. */
export function rewritten(how: string, attempt: Attempt): Attempt {
  return { ...attempt, rewritten: how };
}

function asItIs(template: JsonObject): JsonObject {
  return template;
}

/** A change to the object around the template, tried by these ways. */
export function aroundPod(
  what: string,
  expected: string | Expected,
  ways: readonly TemplateWay[],
  around: Change,
  ...unlike: readonly Unlike[]
): Attempt {
  const usual = typeof expected === 'string' ? refused(expected) : expected;
  return { what, trials: ways.map((way) => ({ ...trial(way, undefined, asItIs, usual, unlike), around })) };
}

/** The text of a Pod and of a Sandbox, as no program writes it. */
export function inText(what: string, expected: string, asText: (object: JsonObject) => string): Attempt {
  const ways = ['Pod', 'Sandbox'] as const;
  return { what, trials: ways.map((way) => ({ ...trial(way, undefined, asItIs, refused(expected), []), asText })) };
}

/** A change that is tried by some of the ways alone. */
export function onlyBy(ways: readonly Way[], { what, trials }: Attempt): Attempt {
  return { what, trials: trials.filter(({ way }) => ways.includes(way)) };
}
