// What holds for every pod and every policy.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CONTAINER_LISTS } from '../../src/kubernetes/containers.ts';
import type { Container, PodTemplate } from '../../src/kubernetes/pod.ts';
import { type Fill, type FillScope, NO_NOTES, WHOLE_TEMPLATE } from '../../src/rules/fill-in.ts';
import { HARDEN_FIELDS } from '../../src/rules/harden/parameters.ts';
import type { IdentityParameters } from '../../src/rules/identity/parameters.ts';
import { RULES, type RuleParameters } from '../../src/rules/index.ts';
import { randomCases } from '../support/random-cases.ts';
import { frozen } from './frozen.ts';

/** An object with any of these keys, each of them null at times. */
function anyOf(fields: Record<string, fc.Arbitrary<unknown>>) {
  const nullable = Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, fc.option(value)]));
  return fc.record(nullable, { requiredKeys: [] });
}

const id = fc.constantFrom(0, 1, 1000, 65532);
const image = fc.constantFrom('app', 'app:1.0.0', 'app:1.0.0-rc2', 'app:1-full', 'ghcr.io/x/y', 'Not An Image', '');
const shared = {
  runAsUser: id,
  runAsGroup: id,
  runAsNonRoot: fc.boolean(),
  seccompProfile: anyOf({ type: fc.constantFrom('Unconfined', 'RuntimeDefault') }),
};
const names = fc.array(fc.constantFrom('ALL', 'NET_RAW', 'SYS_ADMIN', 'CAP_SYS_ADMIN'), { maxLength: 2 });
const amount = fc.constantFrom('50m', '2', '0', 'much', 512, null);
const amounts = anyOf({ cpu: amount, memory: amount });
const container = anyOf({
  name: fc.constantFrom('a', 'b', '__proto__'),
  image,
  securityContext: anyOf({
    ...shared,
    allowPrivilegeEscalation: fc.boolean(),
    capabilities: anyOf({ add: names, drop: names }),
    privileged: fc.boolean(),
    readOnlyRootFilesystem: fc.boolean(),
  }),
  resources: anyOf({ limits: amounts, requests: amounts }),
  volumeDevices: fc.array(fc.constant({ name: 'd' }), { maxLength: 1 }),
  unknown: fc.anything(),
});
const containers = fc.array(container, { maxLength: 3 });
const podTemplate: fc.Arbitrary<PodTemplate> = anyOf({
  metadata: anyOf({ name: fc.string() }),
  spec: anyOf({
    containers,
    initContainers: containers,
    ephemeralContainers: containers,
    securityContext: anyOf({ ...shared, fsGroup: id, fsGroupChangePolicy: fc.constant('Always') }),
    os: anyOf({ name: fc.constantFrom('linux', 'windows') }),
    hostNetwork: fc.boolean(),
    hostPID: fc.boolean(),
    hostIPC: fc.boolean(),
    hostUsers: fc.boolean(),
    runtimeClassName: fc.constantFrom('', 'runc'),
    automountServiceAccountToken: fc.boolean(),
    nodeSelector: fc.constantFrom({ pool: 'mine' }, { disk: 'ssd' }),
    tolerations: fc.constantFrom([], [{ key: 'dedicated', operator: 'Exists' }], [{ key: 'gpu', operator: 'Exists' }]),
    priorityClassName: fc.constantFrom('', 'urgent'),
  }),
});

const uid = fc.integer({ min: 1, max: 65535 });
const changePolicy = fc.constantFrom('Always' as const, 'OnRootMismatch' as const);
const rowFields = { runAsGroup: uid, fsGroup: uid, fsGroupChangePolicy: changePolicy };
const row = fc.record(
  {
    image: fc.constantFrom('app', '**', 'ghcr.io/**', '**/app', 'Bad'),
    runAsUser: uid,
    tags: fc.constantFrom('1.0.0', '*-full', '>=1.0.0', '<1.0.0', 'not a range'),
    ...rowFields,
  },
  { requiredKeys: ['image', 'runAsUser'] },
);
const identitySpec: fc.Arbitrary<IdentityParameters> = fc.record(
  { runAsNonRoot: fc.boolean(), runAsUser: uid, ...rowFields, images: fc.array(row, { maxLength: 4 }) },
  { requiredKeys: [] },
);
const fillSpec: fc.Arbitrary<RuleParameters> = fc.record(
  {
    identity: identitySpec,
    harden: fc.oneof(fc.constantFrom('baseline' as const, 'restricted' as const), fc.subarray([...HARDEN_FIELDS])),
    runtime: fc.record({ default: fc.constantFrom('gvisor', '') }, { requiredKeys: [] }),
    resources: fc.record(
      {
        defaults: fc.constantFrom(
          { requests: { cpu: '100m' }, limits: { cpu: '1' } },
          { limits: { memory: '1Gi' } },
          { requests: { memory: '128Mi' } },
        ),
      },
      { requiredKeys: [] },
    ),
    scheduling: fc.record(
      {
        addNodeSelector: fc.constant({ pool: 'agents' }),
        addTolerations: fc.constant([{ key: 'dedicated', operator: 'Exists' as const }]),
        defaultPriorityClass: fc.constant('batch'),
      },
      { requiredKeys: [] },
    ),
    serviceAccount: fc.record({ automountToken: fc.constant(false as const) }, { requiredKeys: [] }),
  },
  { requiredKeys: [] },
);
const scopes: fc.Arbitrary<FillScope> = fc.constantFrom(WHOLE_TEMPLATE, {
  podLevel: false,
  podDefaults: false,
  includes: (list, index) => list === 'ephemeralContainers' && index === 0,
});

function compileAll(spec: RuleParameters): Fill {
  const fillIns = RULES.flatMap((rule) => rule.bind(spec).fillIns);
  return (template, scope, notes) => fillIns.reduce((filled, fillIn) => fillIn.fill(filled, scope, notes), template);
}

function fill(spec: RuleParameters, before: PodTemplate, scope: FillScope): PodTemplate {
  return compileAll(frozen(spec))(frozen(before), scope, NO_NOTES);
}

/** Every path at which `before` says something and `after` says something else. */
function overwritten(before: unknown, after: unknown, path = ''): string[] {
  if (before === null || before === undefined || Object.is(before, after)) return [];
  if (typeof before !== 'object' || typeof after !== 'object' || after === null) return [path];
  const others = new Map(Object.entries(after));
  return Object.entries(before).flatMap(([key, value]) => overwritten(value, others.get(key), `${path}.${key}`));
}

/** Every path that `after` has a value at and `before` has none. */
function added(before: unknown, after: unknown, path = ''): string[] {
  if (Object.is(before, after)) return [];
  if (typeof after !== 'object' || after === null) return [path];
  const others = new Map(Object.entries(before ?? {}));
  return Object.entries(after).flatMap(([key, value]) => added(others.get(key), value, `${path}.${key}`));
}

/** What each container runs as in the end, in visiting order. */
function inForce(template: PodTemplate) {
  const pod = template.spec?.securityContext;
  const all = CONTAINER_LISTS.flatMap((list): readonly Container[] => template.spec?.[list] ?? []);
  return all.map(({ securityContext: own }) => ({
    user: own?.runAsUser ?? pod?.runAsUser ?? undefined,
    group: own?.runAsGroup ?? pod?.runAsGroup ?? undefined,
    nonRoot: own?.runAsNonRoot ?? pod?.runAsNonRoot ?? undefined,
    seccomp: own?.seccompProfile ?? pod?.seccompProfile ?? undefined,
  }));
}

function check(property: (spec: RuleParameters, before: PodTemplate, scope: FillScope) => void): void {
  fc.assert(fc.property(fillSpec, podTemplate, scopes, property), { numRuns: randomCases(2000) });
}

test('a second run changes nothing', () => {
  check((spec, before, scope) => {
    const once = fill(spec, before, scope);
    expect(fill(spec, once, scope)).toBe(once);
  });
});

test('nothing that anybody wrote is overwritten', () => {
  check((spec, before, scope) => {
    const changed = overwritten(before, fill(spec, before, scope));
    // An empty name is none.
    const isNone = (path: string): boolean =>
      (path === '.spec.runtimeClassName' && !before.spec?.runtimeClassName) ||
      (path === '.spec.priorityClassName' && !before.spec?.priorityClassName);
    expect(changed.filter((path) => !isNone(path))).toEqual([]);
  });
});

test('what is in force for a container stays in force', () => {
  check((spec, before, scope) => {
    const after = inForce(fill(spec, before, scope));
    for (const [index, stated] of inForce(before).entries()) {
      const given = Object.fromEntries(Object.entries(stated).filter(([, value]) => value !== undefined));
      expect(after[index]).toMatchObject(given);
    }
  });
});

/** The fields that fill-ins for every operating system set. */
const EVERYWHERE = RULES.flatMap((rule) => rule.fillIns)
  .filter(({ platform }) => platform === 'any')
  .flatMap(({ sets }) => sets);

test('Windows pods get nothing that is only for Linux', () => {
  check((spec, before, scope) => {
    const windows = { ...before, spec: { ...before.spec, os: { name: 'windows' } } };
    for (const path of added(windows, fill(spec, windows, scope))) {
      const field = path.replaceAll(/\.\d+\./g, '[*].').slice(1);
      expect(
        EVERYWHERE.some((set) => field === set || field.startsWith(`${set}.`) || field.startsWith(`${set}[`)),
      ).toBe(true);
    }
  });
});

test('no pod is made that the API server or the node would refuse', () => {
  check((spec, before, scope) => {
    const after = fill(spec, before, scope);
    if (before.spec?.runtimeClassName !== '') expect(after.spec?.runtimeClassName).not.toBe('');
    for (const path of added(before, after).filter((it) => it.endsWith('.allowPrivilegeEscalation'))) {
      const [list = '', index = ''] = path.split('.').slice(2);
      const changed = CONTAINER_LISTS.flatMap((it) => (it === list ? (after.spec?.[it] ?? []) : []))[Number(index)];
      expect(changed?.securityContext?.privileged ?? false).toBe(false);
    }
    const earlier = inForce(before);
    for (const [index, { user, nonRoot }] of inForce(after).entries()) {
      if (nonRoot && !earlier[index]?.nonRoot) expect(user).not.toBe(0);
    }
    if (after.spec?.hostUsers === false && before.spec?.hostUsers !== false) {
      expect(after.spec.hostNetwork ?? after.spec.hostPID ?? after.spec.hostIPC ?? false).toBe(false);
    }
  });
});

test('identity sets the pair or nothing', () => {
  check((spec, before, scope) => {
    const after = fill(spec.identity ? { identity: spec.identity } : {}, before, scope);
    const earlier = inForce(before);
    for (const [index, { user, group, nonRoot }] of inForce(after).entries()) {
      if (nonRoot && !earlier[index]?.nonRoot) expect(user).toBeGreaterThan(0);
      if (user !== earlier[index]?.user && spec.identity?.runAsNonRoot !== false) expect(nonRoot).toBe(true);
      if (group !== earlier[index]?.group) expect(user).not.toBe(earlier[index]?.user);
    }
  });
});
