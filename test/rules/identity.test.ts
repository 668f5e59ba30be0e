// The corners of the runtime user that the examples leave out.
import { describe, expect, test } from 'vitest';
import type { PodSpec } from '../../src/kubernetes/pod.ts';
import { type FillNotes, type FillScope, NO_NOTES, WHOLE_TEMPLATE } from '../../src/rules/fill-in.ts';
import { identity } from '../../src/rules/identity/identity.ts';
import type { IdentityParameters } from '../../src/rules/identity/parameters.ts';
import { frozen } from './frozen.ts';

const ROWS: IdentityParameters = {
  images: [
    { image: 'one', runAsUser: 1, runAsGroup: 11 },
    { image: 'two', runAsUser: 2 },
    { image: 'uno', runAsUser: 1, runAsGroup: 11 },
  ],
};

function fill(settings: IdentityParameters, before: PodSpec, scope: FillScope = WHOLE_TEMPLATE) {
  const fillIn = identity.compile(settings);
  const notes: [string, string][] = [];
  const note: FillNotes = { ...NO_NOTES, skip: (code, text) => notes.push([code, text]) };
  const after = fillIn?.(frozen({ spec: before }), scope, note) ?? {};
  expect(fillIn?.(frozen(after), scope, NO_NOTES)).toBe(after);
  return { spec: after.spec, notes };
}

describe('at which level', () => {
  test('images that give the same user and group agree', () => {
    const containers = [
      { name: 'a', image: 'one' },
      { name: 'b', image: 'uno' },
    ];
    expect(fill(ROWS, { containers }).spec).toEqual({
      containers,
      securityContext: { runAsUser: 1, runAsGroup: 11, runAsNonRoot: true },
    });
  });

  test("the pod's group would reach a container that has a user of its own", () => {
    const other = { name: 'b', image: 'x', securityContext: { runAsUser: 7 } };
    expect(fill(ROWS, { containers: [{ name: 'a', image: 'one' }, other] }).spec).toEqual({
      containers: [{ name: 'a', image: 'one', securityContext: { runAsUser: 1, runAsGroup: 11 } }, other],
      securityContext: { runAsNonRoot: true },
    });
  });

  test('a container with a user and a group of its own leaves the pair of the row at pod level', () => {
    const other = { name: 'b', image: 'x', securityContext: { runAsUser: 7, runAsGroup: 8 } };
    expect(fill(ROWS, { containers: [{ name: 'a', image: 'one' }, other] }).spec).toEqual({
      containers: [{ name: 'a', image: 'one' }, other],
      securityContext: { runAsUser: 1, runAsGroup: 11, runAsNonRoot: true },
    });
  });

  test('a group the user wrote at pod level stays in force', () => {
    expect(
      fill(ROWS, {
        securityContext: { runAsGroup: 0 },
        containers: [
          { name: 'a', image: 'one' },
          { name: 'b', image: 'two' },
        ],
      }).spec,
    ).toEqual({
      securityContext: { runAsGroup: 0, runAsNonRoot: true },
      containers: [
        { name: 'a', image: 'one', securityContext: { runAsUser: 1 } },
        { name: 'b', image: 'two', securityContext: { runAsUser: 2 } },
      ],
    });
  });

  test('containers with users of their own get the other half only', () => {
    const containers = [{ name: 'a', image: 'one', securityContext: { runAsUser: 9 } }];
    expect(fill(ROWS, { containers }).spec).toEqual({ containers, securityContext: { runAsNonRoot: true } });
  });

  test('a container that insists, in a pod that opts out', () => {
    expect(
      fill(ROWS, {
        securityContext: { runAsNonRoot: false },
        containers: [
          { name: 'a', image: 'one', securityContext: { runAsNonRoot: true } },
          { name: 'b', image: 'one' },
        ],
      }).spec,
    ).toEqual({
      securityContext: { runAsNonRoot: false },
      containers: [
        { name: 'a', image: 'one', securityContext: { runAsNonRoot: true, runAsUser: 1, runAsGroup: 11 } },
        { name: 'b', image: 'one' },
      ],
    });
  });

  test('a pod that opts out is given no user, even where all of its containers insist', () => {
    const { spec } = fill(ROWS, {
      securityContext: { runAsNonRoot: false },
      containers: [{ name: 'a', image: 'one', securityContext: { runAsNonRoot: true } }],
    });
    expect(spec).toEqual({
      securityContext: { runAsNonRoot: false },
      containers: [{ name: 'a', image: 'one', securityContext: { runAsNonRoot: true, runAsUser: 1, runAsGroup: 11 } }],
    });
  });

  test('a pod of root, with one container of another user', () => {
    expect(
      fill(ROWS, {
        securityContext: { runAsUser: 0 },
        containers: [{ name: 'a' }, { name: 'b', securityContext: { runAsUser: 5 } }],
      }).spec,
    ).toEqual({
      securityContext: { runAsUser: 0 },
      containers: [{ name: 'a' }, { name: 'b', securityContext: { runAsUser: 5, runAsNonRoot: true } }],
    });
  });

  test('no containers, nothing to say', () => {
    expect(fill(ROWS, {}).spec).toEqual({});
    expect(fill(ROWS, { containers: null, securityContext: null }).spec).toEqual({
      containers: null,
      securityContext: null,
    });
  });
});

describe('an ephemeral container alone', () => {
  const scope: FillScope = {
    podLevel: false,
    podDefaults: false,
    includes: (list, index) => list === 'ephemeralContainers' && index === 1,
  };

  test('gets the user of its own image, and nothing else changes', () => {
    const containers = [{ name: 'a', image: 'two' }];
    const old = { name: 'e', image: 'nobody-knows' };
    const { spec, notes } = fill(
      { ...ROWS, fsGroup: 5 },
      { containers, ephemeralContainers: [old, { name: 'f', image: 'one' }] },
      scope,
    );
    expect(spec).toEqual({
      containers,
      ephemeralContainers: [
        old,
        { name: 'f', image: 'one', securityContext: { runAsUser: 1, runAsGroup: 11, runAsNonRoot: true } },
      ],
    });
    expect(notes).toEqual([]);
  });

  test("the pod's user is enough", () => {
    const before: PodSpec = {
      securityContext: { runAsUser: 3, runAsNonRoot: true },
      ephemeralContainers: [
        { name: 'e', image: 'x' },
        { name: 'f', image: 'one' },
      ],
    };
    expect(fill(ROWS, before, scope).spec).toBe(before);
  });
});

describe('the group of the volumes', () => {
  const settings: IdentityParameters = {
    runAsUser: 1000,
    fsGroup: 1000,
    fsGroupChangePolicy: 'OnRootMismatch',
    images: [
      { image: 'one', runAsUser: 1, fsGroup: 1, fsGroupChangePolicy: 'Always' },
      { image: 'two', runAsUser: 2 },
    ],
  };
  const security = { runAsUser: 5, runAsNonRoot: true };

  test.each([
    ['a row goes before the policy', ['one', 'two', 'other'], { fsGroup: 1, fsGroupChangePolicy: 'Always' }],
    ["the policy's own", ['two', 'other'], { fsGroup: 1000, fsGroupChangePolicy: 'OnRootMismatch' }],
  ])('which fsGroup is filled in: %s', (_, images, expected) => {
    const containers = images.map((image) => ({ name: image, image }));
    expect(fill(settings, { containers, securityContext: security }).spec?.securityContext).toEqual({
      ...security,
      ...expected,
    });
  });

  test("a user's group is kept and gets its change policy", () => {
    const before = { securityContext: { ...security, fsGroup: 0 }, containers: [{ name: 'a', image: 'two' }] };
    expect(fill(settings, before).spec?.securityContext).toEqual({
      ...security,
      fsGroup: 0,
      fsGroupChangePolicy: 'OnRootMismatch',
    });
  });

  test('ephemeral containers have no say', () => {
    const before = { securityContext: security, ephemeralContainers: [{ name: 'e', image: 'one' }] };
    expect(fill(settings, before).spec?.securityContext).toMatchObject({ fsGroup: 1000 });
  });

  test('no group, no change policy', () => {
    const before = { securityContext: security, containers: [{ name: 'a', image: 'x' }] };
    expect(fill({ fsGroupChangePolicy: 'Always' }, before).spec).toBe(before);
  });

  test('different change policies leave it to Kubernetes', () => {
    const { spec, notes } = fill(
      {
        fsGroup: 7,
        images: [
          { image: 'a', runAsUser: 1, fsGroupChangePolicy: 'Always' },
          { image: 'b', runAsUser: 1, fsGroupChangePolicy: 'OnRootMismatch' },
        ],
      },
      {
        securityContext: security,
        containers: [
          { name: 'a', image: 'a' },
          { name: 'b', image: 'b' },
        ],
      },
    );
    expect(spec?.securityContext).toEqual({ ...security, fsGroup: 7 });
    expect(notes.map(([code]) => code)).toEqual(['fsgroup-differs']);
  });
});

test('an unknown image is named', () => {
  expect(fill(ROWS, { initContainers: [{ name: 'x', image: 'y' }] }).notes).toEqual([
    ['unknown-image', 'container "x": no row of the identity table matches image "y"'],
  ]);
});
