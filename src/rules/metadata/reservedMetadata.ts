/*
Controllers believe labels: agent-sandbox adopts a bare pod that carries the hash of a Sandbox's name, and its Service then
leads to the tenant's pod. Only the controller itself may write such keys.

**Restricted Fields:** metadata.labels, metadata.annotations; also those of the object around a pod template

**Allowed Values:** reserved keys only where one of those whom the policy names writes them; on an update, those that stay as
they are. On pods and on the objects themselves nobody else may take them off; from a pod template anybody may, since what
stands there was written by the template's author.
*/
import type { PodView } from '../../kubernetes/containers.ts';
import type { StringMap } from '../../kubernetes/pod.ts';
import type { Violation } from '../../model/finding.ts';
import type { UserInfo } from '../../model/subject.ts';
import { quoteVisible } from '../../model/text.ts';
import { append } from '../../pod-security/violations.ts';
import type { CheckRequest, RuleCheck } from '../check.ts';
import { nameList } from '../name-list.ts';
import { compilePeople, namesOf } from '../people.ts';
import type { KeyRules, MetadataParameters } from './parameters.ts';
import {
  describeKeys,
  type Entries,
  keyViolation,
  METADATA_KINDS,
  type MetadataKind,
  ofObject,
  ofTemplate,
} from './places.ts';
import { hasUnknownAuthor } from './writers.ts';

const SANDBOX = {
  labels: {
    reserved: [
      {
        keys: ['agents.x-k8s.io/*'],
        users: ['root@example.com'],
        groups: ['sre'],
        serviceAccounts: ['agent-sandbox-system/agent-sandbox-controller'],
      },
    ],
  },
};
const HASH = 'agents.x-k8s.io/sandbox-name-hash';
const CONTROLLER = {
  username: 'system:serviceaccount:agent-sandbox-system:agent-sandbox-controller',
  groups: ['system:serviceaccounts'],
};
const TENANT = { username: 'tenant', groups: ['system:authenticated'] };
const ALLOWED_WRITERS =
  'user "root@example.com", group "sre", service account "agent-sandbox-system/agent-sandbox-controller"';

/** Some keys, and who may write them. */
interface Reserved {
  readonly isMeant: (key: string) => boolean;
  readonly mayWrite: (user: UserInfo) => boolean;
  readonly writers: string;
}

/** What is reserved of labels, or of annotations. */
interface ReservedKeys {
  readonly kind: MetadataKind;
  readonly rows: readonly Reserved[];
  readonly added: StringMap;
}

/** A check that reserved labels and annotations are written by those alone for whom they are reserved. */
export const reservedMetadata: RuleCheck<MetadataParameters> = {
  id: 'reservedMetadata',
  title: 'Reserved labels and annotations must be written by those alone for whom they are reserved.',
  fix: 'leave these keys as they are; the controller that they belong to writes them',
  platform: 'any',
  compile: (metadata) => {
    const reserved = METADATA_KINDS.flatMap((kind) => compiled(kind, metadata[kind]));
    return reserved.length === 0 ? undefined : (pod, request) => findForged(pod, request, reserved);
  },
  describe: (violations) => describeKeys('reserved metadata', violations, ['may be', 'may be']),
  examples: {
    pass: [
      {
        name: 'the controller',
        parameters: SANDBOX,
        pod: { metadata: { labels: { [HASH]: '1' } } },
        request: { user: CONTROLLER },
      },
      {
        name: 'a user and a member of a group that the policy names',
        parameters: SANDBOX,
        pod: { metadata: { labels: { [HASH]: '1' } } },
        request: { user: { username: 'somebody', groups: ['sre'] } },
      },
      {
        name: 'a user by name',
        parameters: SANDBOX,
        pod: { metadata: { labels: { [HASH]: '1' } } },
        request: { user: { username: 'root@example.com', groups: [] } },
      },
      ...[CONTROLLER, { username: 'root@example.com', groups: [] }, { username: 'somebody', groups: ['sre'] }].map(
        (user) => ({
          name: `an annotation, by ${user.username}`,
          parameters: { annotations: SANDBOX.labels },
          pod: { metadata: { annotations: { [HASH]: '1' } } },
          request: { user },
        }),
      ),
      {
        name: "an update of the controller's pod that leaves the key as it is",
        parameters: SANDBOX,
        pod: { metadata: { labels: { [HASH]: '1', team: 'a' } } },
        request: { user: TENANT, runs: true, old: { metadata: { labels: { [HASH]: '1' } } } },
      },
      {
        name: 'other keys',
        parameters: SANDBOX,
        pod: {
          metadata: { labels: { 'agents.x-k8s.io': 'a', 'x.agents.x-k8s.io/a': 'b' }, annotations: { [HASH]: '1' } },
        },
        request: { user: TENANT },
      },
      {
        name: 'one that is taken off a template',
        parameters: SANDBOX,
        pod: { metadata: { labels: {} } },
        request: {
          user: TENANT,
          kind: 'Sandbox.agents.x-k8s.io',
          object: {},
          old: { metadata: { labels: { [HASH]: '1' } } },
          oldObject: {},
        },
      },
      {
        name: 'a pod that a cluster printed: nobody knows who wrote what',
        parameters: SANDBOX,
        pod: { metadata: { uid: '7', labels: { [HASH]: '1' } } },
      },
      {
        name: 'what the policy itself adds',
        parameters: { labels: { reserved: SANDBOX.labels.reserved, add: { 'agents.x-k8s.io/tier': '1' } } },
        pod: { metadata: { labels: { 'agents.x-k8s.io/tier': '1' } } },
        request: { user: TENANT },
      },
    ],
    fail: [
      {
        name: "a tenant's pod that would be adopted",
        parameters: SANDBOX,
        pod: { metadata: { labels: { [HASH]: '1', team: 'a' } } },
        request: { user: TENANT },
        says: `reserved metadata (label "${HASH}" may be written by ${ALLOWED_WRITERS}, not by user "tenant")`,
        paths: [`metadata.labels[${HASH}]`],
        values: ['1'],
      },
      {
        name: 'a service account of the same name in another namespace',
        parameters: SANDBOX,
        pod: { metadata: { labels: { [HASH]: '' } } },
        request: { user: { ...CONTROLLER, username: 'system:serviceaccount:evil:agent-sandbox-controller' } },
        says:
          `reserved metadata (label "${HASH}" may be written by ${ALLOWED_WRITERS}, ` +
          'not by user "system:serviceaccount:evil:agent-sandbox-controller")',
        paths: [`metadata.labels[${HASH}]`],
        values: [''],
      },
      {
        name: 'an update that writes another value, and one more key',
        parameters: { annotations: { reserved: [{ keys: ['x/a', 'x/b', 'x/c'] }] } },
        pod: { metadata: { annotations: { 'x/a': '2', 'x/b': '1', 'x/c': '1' } } },
        request: { user: TENANT, runs: true, old: { metadata: { annotations: { 'x/a': '1', 'x/c': '1' } } } },
        says: 'reserved metadata (annotations "x/a", "x/b" may be written by nobody)',
        paths: ['metadata.annotations[x/a]', 'metadata.annotations[x/b]'],
        values: ['2', '1'],
      },
      {
        name: 'an annotation by which a Sandbox adopts a pod of another name',
        parameters: { annotations: SANDBOX.labels },
        pod: {},
        request: {
          user: TENANT,
          kind: 'Sandbox.agents.x-k8s.io',
          object: { metadata: { annotations: { 'agents.x-k8s.io/pod-name': 'victim' } } },
        },
        says:
          'reserved metadata (annotation "agents.x-k8s.io/pod-name" of the object itself ' +
          `may be written by ${ALLOWED_WRITERS}, not by user "tenant")`,
        paths: ['metadata.annotations[agents.x-k8s.io/pod-name]'],
        values: ['victim'],
      },
      {
        name: 'taken off a pod',
        parameters: SANDBOX,
        pod: { metadata: { labels: null } },
        request: { user: TENANT, runs: true, old: { metadata: { labels: { [HASH]: '1' } } } },
        says: `reserved metadata (label "${HASH}" may be taken off by ${ALLOWED_WRITERS}, not by user "tenant")`,
        paths: [`metadata.labels[${HASH}]`],
        values: [undefined],
      },
      {
        name: 'on the object itself, and in its template',
        parameters: SANDBOX,
        pod: { metadata: { labels: { [HASH]: '1' } } },
        request: {
          user: { username: '', groups: [] },
          kind: 'Sandbox.agents.x-k8s.io',
          object: { metadata: { labels: { 'agents.x-k8s.io/claim-uid': '2' } } },
        },
        says:
          `reserved metadata (label "${HASH}" may be written by ${ALLOWED_WRITERS}, not by an unknown user, ` +
          `label "agents.x-k8s.io/claim-uid" of the object itself may be written by ${ALLOWED_WRITERS}, not by an unknown user)`,
        paths: [`metadata.labels[${HASH}]`, 'metadata.labels[agents.x-k8s.io/claim-uid]'],
        values: ['1', '2'],
      },
    ],
  },
};

function compiled(kind: MetadataKind, rules: KeyRules | undefined): ReservedKeys[] {
  const reserved = rules?.reserved ?? [];
  if (reserved.length === 0) return [];
  const rows = reserved.map((row) => ({
    isMeant: nameList(row.keys).includes,
    mayWrite: compilePeople(row),
    writers: namesOf(row).join(', ') || 'nobody',
  }));
  return [{ kind, rows, added: rules?.add ?? {} }];
}

function findForged(
  pod: PodView,
  request: CheckRequest,
  reserved: readonly ReservedKeys[],
): readonly Violation[] | undefined {
  if (hasUnknownAuthor(request)) return undefined;
  let found: Violation[] | undefined;
  for (const keys of reserved) {
    const { kind } = keys;
    const template = ofTemplate(pod, request, kind);
    const object = ofObject(request, kind);
    const isPod = object === undefined;
    for (const violation of written(keys, template, request.user)) found = append(found, violation);
    for (const violation of takenOff(keys, isPod ? template : object, request.user)) found = append(found, violation);
    if (object) for (const violation of written(keys, object, request.user)) found = append(found, violation);
  }
  return found;
}

function written({ kind, rows, added }: ReservedKeys, entries: Entries, user: UserInfo): Violation[] {
  const found: Violation[] = [];
  const { now, before } = entries;
  for (const key of Object.keys(now)) {
    if (before && Object.hasOwn(before, key) && before[key] === now[key]) continue;
    if (Object.hasOwn(added, key) && added[key] === now[key]) continue;
    const refusal = refusalOf(key, rows, user);
    if (refusal !== undefined) found.push(keyViolation(kind, key, entries, `written by ${refusal}`));
  }
  return found;
}

function takenOff({ kind, rows }: ReservedKeys, entries: Entries, user: UserInfo): Violation[] {
  const found: Violation[] = [];
  for (const key of Object.keys(entries.before ?? {})) {
    if (Object.hasOwn(entries.now, key)) continue;
    const refusal = refusalOf(key, rows, user);
    if (refusal !== undefined) found.push(keyViolation(kind, key, entries, `taken off by ${refusal}`));
  }
  return found;
}

/** By whom a key may be written, and that the user is none of them; undefined where the user may, or the key is not reserved. */
function refusalOf(key: string, rows: readonly Reserved[], user: UserInfo): string | undefined {
  const meant = rows.filter(({ isMeant }) => isMeant(key));
  if (meant.length === 0 || meant.some((row) => row.mayWrite(user))) return undefined;
  const [first] = meant;
  if (first === undefined || first.writers === 'nobody') return 'nobody';
  const who = user.username === '' ? 'an unknown user' : `user ${quoteVisible(user.username)}`;
  return `${first.writers}, not by ${who}`;
}
