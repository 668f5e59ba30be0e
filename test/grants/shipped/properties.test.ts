// What holds for every shipped implementation and every pod that is otherwise in order: it is injected once, granted where
// a policy lists it, and refused everywhere else and in every other form.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/model/json.ts';
import { GRANTS_CHECK } from '../../../src/model/names.ts';
import { randomCases } from '../../support/random-cases.ts';
import { edited, editsOf, type Injected } from './edits.ts';
import {
  asObject,
  BUNDLES,
  type Bundle,
  classNameOf,
  denials,
  filled,
  GRANTING,
  gateGranting,
  implementationsOf,
  listOf,
  objectsIn,
  podAsking,
  refusals,
  restrictedPolicy,
  shippedGate,
} from './shipped.ts';

const DIGEST = `sha256:${'1'.repeat(64)}`;
const image = fc.constantFrom('ghcr.io/acme/agent:1.4.2', 'nginx', `ghcr.io/acme/tools@${DIGEST}`);
const securityContext = fc.record(
  {
    runAsUser: fc.constantFrom(1000, 1001, 65532),
    runAsNonRoot: fc.constant(true),
    readOnlyRootFilesystem: fc.boolean(),
    capabilities: fc.constantFrom({ drop: ['ALL'] }, { drop: ['ALL'], add: ['NET_BIND_SERVICE'] }),
  },
  { requiredKeys: [] },
);

function containers(names: readonly string[], minLength: number): fc.Arbitrary<JsonObject[]> {
  const container = fc.record(
    {
      name: fc.constantFrom(...names),
      image,
      env: fc.constantFrom([{ name: 'LANG', value: 'C' }], []),
      volumeMounts: fc.constantFrom([{ name: 'work', mountPath: '/work' }], []),
      securityContext,
    },
    { requiredKeys: ['name', 'image'] },
  );
  return fc.uniqueArray(container, { minLength, maxLength: 3, selector: ({ name }) => name });
}

/** A pod that a restricted policy lets in once it is filled in. */
const workload = fc.record({
  containers: containers(['app', 'proxy', 'logs', 'constructor'], 1),
  initContainers: containers(['setup', 'migrate', 'warm'], 0),
  volumes: fc.constantFrom<JsonObject[]>([{ name: 'work', emptyDir: {} }]),
  restartPolicy: fc.constantFrom('Always', 'Never'),
});

/** By bundle, a gate that has its class and lists nothing. */
const elsewhereOf = new Map(
  BUNDLES.map((bundle) => [
    bundle,
    shippedGate([bundle], [restrictedPolicy('p', '[]').replace('capabilities: []', 'priority: 1')]),
  ]),
);

describe.each(GRANTING.map(({ bundle, implementation }) => [bundle, implementation] as const))(
  'class %s, implementation %s',
  (bundle, implementation) => {
    const name = classNameOf(bundle);
    const gate = gateGranting(bundle, implementation);
    const elsewhere = elsewhereOf.get(bundle) ?? gate;

    test('injected twice is injected once, and allowed where it is listed', () => {
      fc.assert(
        fc.property(workload, (spec) => {
          const once = filled(podAsking(name, spec), gate);
          expect(filled(once, gate)).toBe(once);
          expect(denials(once, gate)).toEqual([]);
        }),
        { numRuns: randomCases(60) },
      );
    });

    test('refused where it is not listed, injected or not', () => {
      fc.assert(
        fc.property(workload, (spec) => {
          const pod = podAsking(name, spec);
          for (const object of [filled(pod, elsewhere), filled(filled(pod, gate), elsewhere)]) {
            expect(denials(object, elsewhere).map(({ reason }) => reason)).toContain(
              `${name}_capability_not_configured`,
            );
          }
        }),
        { numRuns: randomCases(30) },
      );
    });

    test('refused where it was not injected', () => {
      expect(denials(podAsking(name), gate).map(({ reason }) => reason)).toContain(`capability_not_injected: ${name}`);
    });

    test('a floor beside it that does not list it judges the pod whole', () => {
      const listed = `[{ name: ${name}, implementation: ${implementation} }]`;
      const floor = restrictedPolicy('floor', '[]').replace('capabilities: []', 'priority: -1');
      const both = shippedGate([bundle], [restrictedPolicy('agents', listed), floor]);
      const found = denials(filled(podAsking(name), both), both);
      // landjail opens nothing, and so there is nothing to refuse.
      expect(new Set(found.map(({ policy }) => policy))).toEqual(new Set(name === 'landjail' ? [] : ['floor']));
    });

    test('every single edit of what was injected is refused, and it is the grant that says so', () => {
      const pod = filled(podAsking(name), gate);
      const edits = editsOf(pod, wordsOf(bundle, implementation));
      // Else there would be nothing that could be refused.
      expect(edits.length).toBeGreaterThan(bundle === 'docker' ? 60 : 3);
      const passed = edits.filter(
        (edit) => !denials(edited(pod, edit), gate).some(({ check }) => check === GRANTS_CHECK),
      );
      expect(passed.map(({ what }) => what)).toEqual([]);
    });
  },
);

/** The names of an implementation's containers and volumes, and the fields of the pod that it sets. */
function wordsOf(bundle: Bundle, implementation: string): Injected {
  const found = implementationsOf(bundle).find(({ name }) => name === implementation) ?? {};
  const spec = asObject(asObject(found.template).spec);
  const { initContainers, containers: more, volumes, ...podFields } = spec;
  const names = [...objectsIn(initContainers), ...objectsIn(more), ...objectsIn(volumes)].map(({ name }) =>
    String(name),
  );
  return { names: new Set(names), podFields, grant: asObject(found.grant) };
}

test('two classes at once are granted both', () => {
  const gate = shippedGate(
    ['docker', 'nsjail', 'landjail'],
    [restrictedPolicy('agents', '[{ name: docker }, { name: nsjail }, { name: landjail }]')],
  );
  const pod = filled(podAsking('nsjail,docker,landjail'), gate);
  expect(refusals(podAsking('nsjail,docker,landjail'), gate)).toEqual([]);
  expect(filled(pod, gate)).toBe(pod);
  expect(listOf(pod, 'containers')[0]).toMatchObject({
    env: [
      { name: 'BOUNDARY_JAIL_TYPE', value: 'landjail' },
      { name: 'DOCKER_HOST', value: 'unix:///run/docker-socket/docker.sock' },
    ],
    securityContext: { allowPrivilegeEscalation: true, capabilities: { add: ['NET_ADMIN'], drop: ['ALL'] } },
  });
});
