// What holds for every update that changes images of a stored template.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { viewOf } from '../../src/kubernetes/containers.ts';
import type { PodTemplate } from '../../src/kubernetes/pod.ts';
import { statedGroup, statedNonRoot, statedUser } from '../../src/kubernetes/stated-user.ts';
import { type FillScope, NO_NOTES, WHOLE_TEMPLATE } from '../../src/rules/fill-in.ts';
import { identity } from '../../src/rules/identity/identity.ts';
import type { IdentityParameters } from '../../src/rules/identity/parameters.ts';
import { randomCases } from '../support/random-cases.ts';
import { frozen } from './frozen.ts';

const IMAGES = ['app', 'tool', 'job', 'unknown'];
const image = fc.constantFrom(...IMAGES);
const id = fc.constantFrom(1, 2, 1000);
const row = (name: string) =>
  fc.record(
    { image: fc.constant(name), runAsUser: id, runAsGroup: id, fsGroup: id },
    { requiredKeys: ['image', 'runAsUser'] },
  );
const parameters: fc.Arbitrary<IdentityParameters> = fc.record(
  {
    runAsUser: id,
    runAsGroup: id,
    fsGroup: id,
    runAsNonRoot: fc.boolean(),
    unknownImage: fc.constantFrom('Ignore' as const, 'Warn' as const, 'Deny' as const),
    images: fc.tuple(row('app'), row('tool'), row('job')),
  },
  { requiredKeys: ['images'] },
);

const security = fc.record(
  {
    runAsUser: fc.constantFrom(0, 1, 2, 7, null),
    runAsGroup: fc.constantFrom(0, 1, 7, null),
    runAsNonRoot: fc.boolean(),
  },
  { requiredKeys: [] },
);
const nothing = fc.constant({});
/** A template in which nobody says who it runs as, or in which anybody does. */
const templateWith = (context: fc.Arbitrary<object>): fc.Arbitrary<PodTemplate> => {
  const named = (name: string) => fc.record({ name: fc.constant(name), image, securityContext: context });
  return fc.record({
    spec: fc.record({
      securityContext: context,
      initContainers: fc.tuple(named('i')),
      containers: fc.oneof(fc.tuple(named('a')), fc.tuple(named('a'), named('b'))),
    }),
  });
};
const newImages = fc.record({ i: image, a: image, b: image });

function withImages(template: PodTemplate, images: Readonly<Record<string, string>>): PodTemplate {
  const renewed = (list: 'initContainers' | 'containers') =>
    (template.spec?.[list] ?? []).map((each) => ({ ...each, image: images[each.name ?? ''] ?? null }));
  return { spec: { ...template.spec, initContainers: renewed('initContainers'), containers: renewed('containers') } };
}

function fillIn(settings: IdentityParameters, template: PodTemplate, scope: FillScope = WHOLE_TEMPLATE): PodTemplate {
  return identity.compile(settings)?.(frozen(template), scope, NO_NOTES) ?? template;
}

function inForce(template: PodTemplate) {
  const pod = template.spec?.securityContext;
  return viewOf(template).containers.map(({ container }) => ({
    user: statedUser(container, pod),
    group: statedGroup(container, pod),
    nonRoot: statedNonRoot(container, pod),
  }));
}

const runs = { numRuns: randomCases(2000) };
const scopes = fc.constantFrom(WHOLE_TEMPLATE, { ...WHOLE_TEMPLATE, podDefaults: false });

test('a second run changes nothing', () => {
  fc.assert(
    fc.property(parameters, templateWith(security), newImages, scopes, (settings, stated, images, scope) => {
      const old = fillIn(settings, stated);
      const update = { ...scope, old };
      const once = fillIn(settings, withImages(old, images), update);
      expect(fillIn(settings, once, update)).toBe(once);
    }),
    runs,
  );
});

test('runAsNonRoot is never weakened, no user is lost, and nobody becomes root', () => {
  fc.assert(
    fc.property(parameters, templateWith(security), newImages, scopes, (settings, stated, images, scope) => {
      const old = fillIn(settings, stated);
      const sent = withImages(old, images);
      const after = inForce(fillIn(settings, sent, { ...scope, old }));
      for (const [index, before] of inForce(sent).entries()) {
        if (before.nonRoot !== undefined) expect(after[index]?.nonRoot).toBe(before.nonRoot);
        if (before.user !== undefined) expect(after[index]?.user).toBeDefined();
        if (before.user !== 0) expect(after[index]?.user).not.toBe(0);
      }
    }),
    runs,
  );
});

test('where nobody wrote anything, the result is who a new object would run as', () => {
  const known = fc.record({
    i: fc.constantFrom('app', 'tool', 'job'),
    a: fc.constantFrom('app', 'tool', 'job'),
    b: fc.constantFrom('app', 'tool', 'job'),
  });
  fc.assert(
    fc.property(parameters, templateWith(nothing), known, known, (settings, bare, first, second) => {
      const old = fillIn(settings, withImages(bare, first));
      const after = fillIn(settings, withImages(old, second), { ...WHOLE_TEMPLATE, old });
      expect(inForce(after)).toEqual(inForce(fillIn(settings, withImages(bare, second))));
    }),
    runs,
  );
});

test('what differs from the row of the old image stays', () => {
  fc.assert(
    fc.property(
      parameters,
      templateWith(fc.constant({ runAsUser: 7, runAsGroup: 8 })),
      newImages,
      (settings, old, images) => {
        const sent = withImages(old, images);
        const after = inForce(fillIn(settings, sent, { ...WHOLE_TEMPLATE, old }));
        for (const { user, group } of after) expect([user, group]).toEqual([7, 8]);
      },
    ),
    runs,
  );
});
