// The kinds that a policy names: those it is about, and those of which it says how strictly they are held to it.
import type { Policy } from '../../policy/policy.ts';
import { BUILT_IN } from '../../workloads/index.ts';
import type { KnownResources } from '../kind.ts';
import { isUnknownShortName, notRegistered, unknownKind } from '../kind-name.ts';
import { at, eachAt, fieldsAt, keyProblem, type Located, valueProblem } from '../located.ts';
import type { DocumentProblem } from '../problems.ts';

/** A name of a kind in a policy, and where it stands. */
interface NamedKind {
  readonly name: string;
  readonly problem: (message: string) => DocumentProblem;
}

/** What is wrong with the names whatever else is configured. The document may be any JSON. */
export function kindProblems(document: unknown): readonly DocumentProblem[] {
  const problems = namedKinds(document).flatMap(({ name, problem }) => {
    const message = isUnknownShortName(name) ? unknownKind(name, BUILT_IN) : undefined;
    return message === undefined ? [] : [problem(message)];
  });
  const [pod] = fieldsAt({ keys: [], value: document }, 'spec', 'enforcement').filter(([name]) => name === 'Pod');
  const ofPods = 'pods are always held to a policy (expected validationActions for another action than to refuse them)';
  return pod ? [...problems, keyProblem(pod[1], ofPods)] : problems;
}

/**
 * The names of kinds that are known to nobody.
 * @param names the names of all WorkloadKinds, in lower case; undefined where a cluster may have others
 */
export function unknownKindsInFile(
  document: unknown,
  names: readonly string[] | undefined,
): readonly DocumentProblem[] {
  if (names === undefined) return [];
  return namedKinds(document).flatMap(({ name, problem }) => {
    if (isUnknownShortName(name) || names.includes(name.toLowerCase())) return [];
    const message = unknownKind(name, BUILT_IN);
    return message === undefined ? [] : [problem(message)];
  });
}

/**
 * The kinds that a policy of a cluster names and of which nothing is judged, in the order of the document; nothing while it is not
 * known which WorkloadKinds there are.
 */
export function unjudgedKinds(
  listed: readonly string[] | undefined,
  enforcement: ReadonlyMap<string, unknown> | undefined,
  known: KnownResources,
): readonly DocumentProblem[] {
  if (known.notInForce('WorkloadKind') === undefined) return [];
  const named = [
    ...(listed ?? []).map((name, index) => ({ name, keys: ['spec', 'match', 'kinds', String(index)] })),
    ...[...(enforcement?.keys() ?? [])].map((name) => ({ name, keys: ['spec', 'enforcement', name] })),
  ];
  return named.flatMap(({ name, keys }): readonly DocumentProblem[] => {
    const message = unknownKind(name, known.policies.workloads) ?? notRegistered(name, known);
    return message === undefined ? [] : [{ keys, what: 'value', message }];
  });
}

/** What comes to a webhook of its own, and which part of a policy judges it. */
interface OtherRequests {
  /** In words, and as the key of the chart's values. */
  readonly what: string;
  readonly value: string;
  /** By which the chart says that the webhook is registered. */
  readonly kind: string;
  readonly key: string;
  readonly isJudged: (policy: JudgingOthers) => boolean;
}

type JudgingOthers = Pick<Policy, 'connections' | 'bindings'>;

const OTHER_REQUESTS: readonly OtherRequests[] = [
  {
    what: 'connections',
    value: 'webhooks.connect.enabled',
    kind: 'PodExecOptions',
    key: 'connect',
    isJudged: ({ connections }) => connections.length > 0,
  },
  {
    what: 'role bindings',
    value: 'webhooks.roleBindings.enabled',
    kind: 'RoleBinding.rbac.authorization.k8s.io',
    key: 'roleBindings',
    isJudged: ({ bindings }) => bindings.length > 0,
  },
];

/** That a policy judges connections or role bindings, and that none are sent to it yet. It is a matter of seconds, unless something is wrong. */
export function awaitedRequests(
  policy: JudgingOthers,
  { registeredKinds, awaitedKinds }: Pick<KnownResources, 'registeredKinds' | 'awaitedKinds'>,
): readonly DocumentProblem[] {
  return OTHER_REQUESTS.filter(
    ({ isJudged, kind }) => isJudged(policy) && registeredKinds?.has(kind) && awaitedKinds?.has(kind),
  ).map(({ what, key }) => ({
    keys: ['spec', key],
    what: 'value',
    message: `the webhook for ${what} is not registered yet, so nobody is refused (the server registers it; where this stays, its log and the events of its Deployment say why)`,
  }));
}

/** That a policy judges them, and that none are sent to it. */
export function unjudgedRequests(
  policy: JudgingOthers,
  { registeredKinds }: Pick<KnownResources, 'registeredKinds'>,
): readonly DocumentProblem[] {
  return OTHER_REQUESTS.filter(
    ({ isJudged, kind }) => isJudged(policy) && registeredKinds !== undefined && !registeredKinds.has(kind),
  ).map(({ what, value, key }) => ({
    keys: ['spec', key],
    what: 'value',
    message: `no webhook is registered for ${what}, so nobody is refused (set ${value} to true in the values of the chart)`,
  }));
}

function namedKinds(document: unknown): readonly NamedKind[] {
  const root: Located = { keys: [], value: document };
  const match = eachAt(at(root, 'spec', 'match'), 'kinds').flatMap((item): NamedKind[] =>
    typeof item.value === 'string' ? [{ name: item.value, problem: (message) => valueProblem(item, message) }] : [],
  );
  const enforcement = fieldsAt(root, 'spec', 'enforcement').map(
    ([name, field]): NamedKind => ({ name, problem: (message) => keyProblem(field, message) }),
  );
  return [...match, ...enforcement];
}
