// Answers the validating webhook about a connection to a running pod: kubectl exec, attach, port-forward, and the API server's proxy.
// Such a request carries what it asks for and no pod; the pod was looked up before. What nobody knows is refused: a pod that could not
// be looked up may be one that a policy keeps closed.
import { CONTAINER_LISTS, viewOf } from '../kubernetes/containers.ts';
import type { PodTemplate } from '../kubernetes/pod.ts';
import { isPodTemplate } from '../kubernetes/pod-shape.ts';
import type { Decision } from '../model/decision.ts';
import { type CheckViolations, type Finding, inWords, type Violation } from '../model/finding.ts';
import { type JsonObject, ownField, stringField } from '../model/json.ts';
import type { Subject } from '../model/subject.ts';
import { quoteVisible } from '../model/text.ts';
import { ImageAnswers } from '../policy/image-answers.ts';
import type { Policy } from '../policy/policy.ts';
import type { CheckRequest } from '../rules/check.ts';
import { NOTHING_KNOWN } from '../rules/cluster-facts.ts';
import { CONNECTIONS, type Connection, type ConnectionKind } from '../rules/connection.ts';
import { pod as podRow } from '../workloads/pod.ts';
import { endingExceptions } from './ending-exceptions.ts';
import { exceptionsFrom, withoutExcepted } from './excepted.ts';
import type { Gate } from './gate.ts';
import { NOTHING, skipped } from './outcome.ts';
import { knownLabels, policiesFor, undecidedPolicies } from './select.ts';
import { unknownNamespace } from './unknown-namespace.ts';

/** The check of each kind of connection. */
const CHECK_OF: Readonly<Record<ConnectionKind, string>> = {
  exec: 'connectExec',
  attach: 'connectAttach',
  portforward: 'connectPortForward',
  proxy: 'connectProxy',
};

/** The kind of connection that a request asks for; undefined for any other request, and where no policy judges connections. */
export function connectionAsked(subject: Subject, gate: Gate): ConnectionKind | undefined {
  const { operation, resource, subresource } = subject;
  if (operation !== 'CONNECT' || resource !== 'pods' || !gate.policies.judgesConnections) return undefined;
  return CONNECTIONS.find((kind) => kind === subresource);
}

/**
 * The name of the pod that a connection is for. The proxy is asked for `web`, `web:8080` or `https:web:8443`, as SplitSchemeNamePort in
 * k8s.io/apimachinery/pkg/util/net reads it; no other connection is.
 */
export function podAsked({ subresource, name = '' }: Pick<Subject, 'subresource' | 'name'>): string {
  if (subresource !== 'proxy') return name;
  const [first = '', second, third, more] = name.split(':');
  if (second === undefined || third === undefined) return first;
  return more === undefined && SCHEMES.has(first) ? second : name;
}

const SCHEMES: ReadonlySet<string> = new Set(['', 'http', 'https']);

/** Judges a connection. Pure, and total for any JSON. */
export function validateConnection(subject: Subject, gate: Gate): Decision {
  const kind = connectionAsked(subject, gate);
  if (kind === undefined) return skipped(subject, 'operation-connect');
  const answer = gate.surroundings.pod?.(subject.namespace, podAsked(subject)) ?? 'unknown';
  const pod = typeof answer === 'string' ? undefined : answer.pod;
  if (pod === undefined || !isPodTemplate(pod)) {
    return decided(subject, candidates(subject, kind, gate), (policy) => [
      unknownPod(subject, policy, CHECK_OF[kind], answer === 'absent' ? 'was not found' : 'could not be looked up'),
    ]);
  }
  const namespace = knownLabels(subject, gate);
  const undecided = namespace.complete ? [] : undecidedPolicies(podRow, pod, gate).filter(judges(kind));
  const policies = policiesFor(podRow, pod, namespace, gate).filter(judges(kind));
  const request = requestOf(subject, pod, kind, namespace.labels, gate);
  const found: CheckViolations[] = [];
  const decision = decided(
    subject,
    policies,
    (policy) => judge(policy, kind, pod, request, gate, found),
    undecided.length > 0 ? [unknownNamespace(subject, undecided)] : [],
  );
  return { ...decision, warnings: endingExceptions([{ found }], gate.now) };
}

function judges(kind: ConnectionKind): (policy: Policy) => boolean {
  return ({ connections }) => connections.some(({ id }) => id === CHECK_OF[kind]);
}

/** The policies that could match the pod, whatever its labels are. */
function candidates(subject: Subject, kind: ConnectionKind, gate: Gate): readonly Policy[] {
  const { labels, complete } = knownLabels(subject, gate);
  const input = { kind: 'Pod', namespaceLabels: complete ? labels : undefined, labels: {} };
  return gate.policies.policies.filter(
    (policy) =>
      judges(kind)(policy) && policy.matchReasons(input).mismatches.every(({ by }) => by === 'objectSelector'),
  );
}

function decided(
  subject: Subject,
  policies: readonly Policy[],
  find: (policy: Policy) => readonly Finding[],
  before: readonly Finding[] = [],
): Decision {
  if (policies.length === 0 && before.length === 0) return skipped(subject, 'no-policy');
  const findings = [...before, ...policies.flatMap(find)];
  return {
    ...NOTHING,
    verdict: findings.some(({ action }) => action === 'Deny') ? 'denied' : 'allowed',
    policies: policies.map(({ name }) => name),
    findings,
    object: subject.object,
  };
}

function unknownPod(subject: Subject, policy: Policy, check: string, what: string): Finding {
  return {
    policy: policy.name,
    rule: `IsolationPolicy "${policy.name}"`,
    check,
    ...policy.actionsFor(check),
    reason: 'pod not known',
    detail: `pod ${quoteVisible(podAsked(subject))} ${what}, and the policy decides who may connect to pods`,
    fields: [{ path: 'metadata.name' }],
    inObject: true,
    fix: 'try again in a moment; if it keeps failing, ask an administrator whether sandgate can read pods',
  };
}

function requestOf(
  subject: Subject,
  pod: JsonObject & PodTemplate,
  kind: ConnectionKind,
  namespaceLabels: CheckRequest['namespaceLabels'],
  { surroundings, policies }: Gate,
): CheckRequest {
  const { user, namespace } = subject;
  return {
    user,
    runs: true,
    old: undefined,
    sent: pod,
    object: subject.object ?? {},
    oldObject: undefined,
    kind: subject.kind.kind,
    namespaceAnnotations: surroundings.namespaceAnnotations?.(namespace),
    cluster: surroundings.cluster ?? NOTHING_KNOWN,
    subject,
    namespaceLabels,
    connection: connectionOf(subject, pod, kind, policies.classes),
  };
}

function connectionOf(
  { object }: Subject,
  pod: PodTemplate,
  kind: ConnectionKind,
  classes: Gate['policies']['classes'],
): Connection {
  // Ports are the pod's: whoever reaches them reaches each of its containers.
  if (kind === 'portforward' || kind === 'proxy')
    return { kind, container: undefined, ofClass: undefined, command: [] };
  const named = stringField(object, 'container') || undefined;
  const own = pod.spec?.containers ?? [];
  // As the API server chooses: validateContainer in pkg/registry/core/pod/strategy.go.
  const container = named ?? (own.length === 1 ? own[0]?.name : undefined) ?? undefined;
  const possible =
    container === undefined ? CONTAINER_LISTS.flatMap((list) => pod.spec?.[list] ?? []) : [{ name: container }];
  const command = ownField(object, 'command');
  return {
    kind,
    container,
    // By the name alone: a pod cannot be made to look as if it had not been granted the class.
    ofClass: [...classes.values()].find(({ implementations }) =>
      implementations.some(({ template }) => possible.some(({ name }) => template.containerNames.has(name ?? ''))),
    )?.name,
    command: Array.isArray(command) ? command.map(textOf) : [],
  };
}

function textOf(part: unknown): string {
  return typeof part === 'string' ? part : JSON.stringify(part);
}

/** @param all is given everything that is found, also what exceptions cover */
function judge(
  policy: Policy,
  kind: ConnectionKind,
  pod: JsonObject & PodTemplate,
  request: CheckRequest,
  gate: Gate,
  all: CheckViolations[],
): readonly Finding[] {
  const view = viewOf(pod);
  const container = request.connection?.container;
  let found: CheckViolations[] = [];
  for (const { id, fix, check, describe } of policy.connections) {
    const violations = id === CHECK_OF[kind] ? check(view, request) : undefined;
    if (!violations) continue;
    const rule = `IsolationPolicy "${policy.name}"`;
    const inContainer = violations.map((one): Violation => (container === undefined ? one : { ...one, container }));
    found.push({
      policy: policy.name,
      rule,
      check: id,
      ...policy.actionsFor(id),
      fix,
      violations: inContainer,
      describe,
    });
  }
  const excepted: CheckViolations[] = [];
  const exceptions = found.length > 0 ? exceptionsFrom(policy, gate, request.subject.namespace) : undefined;
  if (exceptions) found = withoutExcepted(found, exceptions, view, new ImageAnswers(), excepted);
  all.push(...found, ...excepted);
  return [...found, ...excepted].map((one) => inWords(one, (path) => path));
}
