// Users, groups and HOME through the whole engine: every kind, every list of containers, updates, classes, mistakes of a policy.
import { describe, expect, test } from 'vitest';
import { enforcementOffline } from '../../src/library/offline/judge.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { Subject } from '../../src/model/subject.ts';
import { acceptPolicy } from '../../src/resources/isolation-policy/accept.ts';
import type { IdentityParameters } from '../../src/rules/identity/parameters.ts';
import { decide, decideUpdate, gateOfSpec, inEveryKind, offline } from '../support/decide.ts';
import { DOCKER_CLASS } from '../support/docker-class.ts';

const GATE = gateOfSpec('identity: { users: { min: 1000, max: 65535 }, rootGroups: Deny }');
const FILLING = gateOfSpec(`identity:
  runAsUser: 1000
  runAsGroup: 1000
  fsGroup: 1000
  supplementalGroups: [2000]
  home: /home/agent
  users: { min: 1000, max: 65535 }
  rootGroups: Deny`);

function pod(spec: JsonObject): JsonObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec };
}

/** What is said of a policy with these parameters. */
function problems(identity: IdentityParameters): readonly string[] {
  const document = {
    apiVersion: 'sandgate.dev/v1alpha1',
    kind: 'IsolationPolicy',
    metadata: { name: 'p' },
    spec: { identity },
  };
  const { errors, warnings } = acceptPolicy(document, 'p');
  return [...errors, ...warnings].map(({ keys, message }) => `${keys.slice(2).join('.')}: ${message}`);
}

/** The request of `kubectl debug`. */
function ephemeral(oldObject: JsonObject): Partial<Subject> {
  return { operation: 'UPDATE', subresource: 'ephemeralcontainers', oldObject };
}

const FINE = { runAsUser: 1000, runAsGroup: 1000 };
const CONTAINER = { name: 'a', image: 'app' };

const ATTEMPTS: readonly (readonly [string, JsonObject])[] = [
  ['root', { containers: [{ ...CONTAINER, securityContext: { runAsUser: 0, runAsGroup: 1 } }] }],
  [
    'root in an init container',
    { securityContext: FINE, initContainers: [{ name: 'i', securityContext: { runAsUser: 0 } }] },
  ],
  ['root by the pod', { securityContext: { ...FINE, runAsUser: 0 }, containers: [CONTAINER] }],
  ['a user below the range', { securityContext: { ...FINE, runAsUser: 999 }, containers: [CONTAINER] }],
  ['a user above the range', { securityContext: { ...FINE, runAsUser: 65536 }, containers: [CONTAINER] }],
  ['a user of the image', { securityContext: { runAsGroup: 1, runAsNonRoot: true }, containers: [CONTAINER] }],
  ['a user that is null', { securityContext: { ...FINE, runAsUser: null }, containers: [CONTAINER] }],
  ['the group root', { securityContext: FINE, containers: [{ ...CONTAINER, securityContext: { runAsGroup: 0 } }] }],
  ['the group root by the pod', { securityContext: { ...FINE, runAsGroup: 0 }, containers: [CONTAINER] }],
  ['a group of the image', { securityContext: { runAsUser: 1000 }, containers: [CONTAINER] }],
  ['a group that is null', { securityContext: { ...FINE, runAsGroup: null }, containers: [CONTAINER] }],
  ['the group root for volumes', { securityContext: { ...FINE, fsGroup: 0 }, containers: [CONTAINER] }],
  [
    'the group root beside others',
    { securityContext: { ...FINE, supplementalGroups: [7, 0] }, containers: [CONTAINER] },
  ],
];

describe.each(ATTEMPTS)('the attempt with %s', (_, spec) => {
  test('is refused in every kind, and as an update of one', () => {
    for (const [kind, object] of inEveryKind(pod(spec))) {
      expect(decide(offline(GATE), object).verdict, kind).toBe('denied');
    }
    const fine = new Map(inEveryKind(pod({ securityContext: FINE, containers: [CONTAINER] })));
    for (const [kind, object] of inEveryKind(pod(spec))) {
      const old = fine.get(kind) ?? {};
      const gate = { ...GATE, enforcement: enforcementOffline };
      if (kind !== 'Pod') expect(decideUpdate(gate, old, object).verdict, kind).toBe('denied');
    }
  });
});

test('a pod that says nothing is given what the policy asks for, and let in', () => {
  const { filled, said } = decide(FILLING, pod({ containers: [CONTAINER] }));
  expect(said).toEqual([]);
  expect(filled).toMatchObject({
    spec: {
      securityContext: { ...FINE, runAsNonRoot: true, fsGroup: 1000, supplementalGroups: [2000] },
      containers: [{ ...CONTAINER, env: [{ name: 'HOME', value: '/home/agent' }] }],
    },
  });
});

test('an ephemeral container that inherits the bad user of a running pod is refused, and an edit of the pod is not', () => {
  const spec = { securityContext: { runAsUser: 0, runAsGroup: 0 }, containers: [CONTAINER] };
  const stored = pod(spec);
  const debug = pod({ ...spec, ephemeralContainers: [{ name: 'debug', image: 'app' }] });
  const { verdict, paths } = decide(GATE, debug, ephemeral(stored));
  expect(verdict).toBe('denied');
  expect(paths).toContain('userRange spec.ephemeralContainers[0].securityContext.runAsUser');
  expect(decideUpdate(GATE, stored, { ...stored, metadata: { name: 'p', labels: { a: 'b' } } }).verdict).toBe(
    'allowed',
  );
});

test('an ephemeral container is given HOME, and nothing of the running pod is changed', () => {
  const stored = pod({ securityContext: FINE, containers: [CONTAINER] });
  const debug = pod({
    securityContext: FINE,
    containers: [CONTAINER],
    ephemeralContainers: [{ name: 'debug', image: 'app' }],
  });
  const { verdict, filled } = decide(FILLING, debug, ephemeral(stored));
  expect(verdict).toBe('allowed');
  expect(filled).toEqual(
    pod({
      securityContext: FINE,
      containers: [CONTAINER],
      ephemeralContainers: [
        {
          name: 'debug',
          image: 'app',
          env: [{ name: 'HOME', value: '/home/agent' }],
          securityContext: { runAsNonRoot: true },
        },
      ],
    }),
  );
});

test('pods for Windows have no such users and groups', () => {
  const { said, filled } = decide(FILLING, pod({ os: { name: 'windows' }, containers: [CONTAINER] }));
  expect(said).toEqual([]);
  expect(filled).toEqual(pod({ os: { name: 'windows' }, containers: [CONTAINER] }));
});

test('an image that nobody knows is one finding', () => {
  const gate = gateOfSpec('identity: { users: { min: 1000 }, images: [{ image: known, runAsUser: 1000 }] }');
  expect(decide(gate, pod({ containers: [CONTAINER, { name: 'b', image: 'known' }] })).said).toEqual([
    'Deny unknownImage: unknown image (container "a" has no runAsUser and no row of the identity table matches image "app")',
  ]);
});

test('the containers of a granted class are not judged, and are given nothing', () => {
  const gate = gateOfSpec(
    `identity: { runAsUser: 2000, runAsGroup: 2000, home: /home/agent, users: { min: 2000, max: 2000 }, rootGroups: Deny }
capabilities: [{ name: docker, assign: Always }]`,
    DOCKER_CLASS,
  );
  const { said, filled } = decide(gate, pod({ containers: [CONTAINER] }));
  expect(said).toEqual([]);
  expect(JSON.stringify(filled).match(/"HOME"/g)).toHaveLength(1);
});

describe('a class that makes a container root', () => {
  const ROOT_CLASS = `
apiVersion: sandgate.dev/v1alpha1
kind: CapabilityClass
metadata: { name: root }
spec:
  authorization: Policy
  implementations: [{ name: root, grant: { containers: first, securityContext: { runAsUser: 0, runAsGroup: 0 } } }]
`;
  const LISTED = 'capabilities: [{ name: root, assign: Always }]';
  const JUDGED = 'identity: { users: { min: 1000 }, rootGroups: Deny }';

  test('does so where the policy lists it, for that container alone', () => {
    const gate = gateOfSpec(`${JUDGED}\n${LISTED}`, ROOT_CLASS);
    expect(decide(gate, pod({ containers: [CONTAINER] })).said).toEqual([]);
    const { paths } = decide(gate, pod({ containers: [CONTAINER, { name: 'b', securityContext: { runAsUser: 0 } }] }));
    expect(paths).toEqual([
      'userRange spec.containers[1].securityContext.runAsUser',
      'rootGroups spec.containers[1].securityContext.runAsGroup',
    ]);
  });

  test('does not hide a user of a pod that lists no class', () => {
    const gate = gateOfSpec(JUDGED, ROOT_CLASS);
    expect(
      decide(gate, pod({ containers: [{ ...CONTAINER, securityContext: { runAsUser: 0, runAsGroup: 1 } }] })).verdict,
    ).toBe('denied');
  });
});

describe('a policy', () => {
  test('whose own users are not among those that it allows is not accepted', () => {
    const images = [
      { image: 'a', runAsUser: 1000 },
      { image: 'b', runAsUser: 999 },
    ];
    expect(problems({ runAsUser: 70000, images, users: { min: 1000, max: 65535 } })).toEqual([
      'runAsUser: 70000 is none of the users that the policy allows, 1000 to 65535',
      'images.1.runAsUser: 999 is none of the users that the policy allows, 1000 to 65535',
    ]);
    expect(problems({ runAsUser: 5, users: { min: 5, max: 5 } })).toEqual([]);
  });

  test('with a range that has no users is not accepted', () => {
    expect(problems({ users: { min: 2, max: 1 } })).toEqual(['users.max: is less than min, 2']);
    expect(problems({ users: {} })).toEqual(['users: empty (expected at least one entry)']);
  });

  test('whose own users have no group is not accepted where the group root is refused, and warned of where it is warned of', () => {
    const says =
      'runAsUser: without a runAsGroup beside it the image decides the group, which rootGroups Deny does not let pass';
    expect(problems({ runAsUser: 1, rootGroups: 'Deny' })).toEqual([says]);
    expect(problems({ runAsUser: 1, rootGroups: 'Warn' })).toEqual([says.replace('Deny', 'Warn')]);
    expect(problems({ images: [{ image: 'a', runAsUser: 1, runAsGroup: 2 }], rootGroups: 'Deny' })).toEqual([]);
  });
});
