// The tables of the standard: which checks run at which level and version, in which order.
import { describe, expect, it } from 'vitest';
import { viewOf } from '../../src/kubernetes/containers.ts';
import type { PodTemplate } from '../../src/kubernetes/pod.ts';
import type { Check } from '../../src/pod-security/check.ts';
import { POD_SECURITY_CHECKS } from '../../src/pod-security/checks/index.ts';
import {
  evaluate,
  inflate,
  isStricter,
  type Level,
  NEWEST_MINOR,
  parseVersion,
} from '../../src/pod-security/standard.ts';

const BASELINE = [
  'appArmorProfile',
  'capabilities_baseline',
  'hostNamespaces',
  'hostPathVolumes',
  'hostPorts',
  'privileged',
  'procMount',
  'seLinuxOptions',
  'seccompProfile_baseline',
  'sysctls',
  'windowsHostProcess',
];

const RESTRICTED_1_37 = [
  'appArmorProfile',
  'hostNamespaces',
  'hostPorts',
  'hostProbesAndHostLifecycle',
  'privileged',
  'seLinuxOptions',
  'sysctls',
  'windowsHostProcess',
  'allowPrivilegeEscalation',
  'capabilities_restricted',
  'procMount_restricted',
  'restrictedVolumes',
  'runAsNonRoot',
  'runAsUser',
  'seccompProfile_restricted',
];

/** What starts at a minor of restricted, and what it takes the place of. */
const RESTRICTED_STEPS = [
  { minor: 0, adds: ['restrictedVolumes', 'runAsNonRoot'], removes: ['hostPathVolumes'] },
  { minor: 8, adds: ['allowPrivilegeEscalation'], removes: [] },
  { minor: 19, adds: ['seccompProfile_restricted'], removes: ['seccompProfile_baseline'] },
  { minor: 22, adds: ['capabilities_restricted'], removes: ['capabilities_baseline'] },
  { minor: 23, adds: ['runAsUser'], removes: [] },
  { minor: 34, adds: ['hostProbesAndHostLifecycle'], removes: [] },
  { minor: 35, adds: ['procMount_restricted'], removes: ['procMount'] },
];

/** Fails every check of every version. */
const BAD: PodTemplate = {
  metadata: { annotations: { 'seccomp.security.alpha.kubernetes.io/pod': 'unconfined' } },
  spec: {
    hostPID: true,
    securityContext: {
      appArmorProfile: { type: 'Unconfined' },
      runAsUser: 0,
      seccompProfile: { type: 'Unconfined' },
      seLinuxOptions: { user: 'u' },
      sysctls: [{ name: 'kernel.msgmax' }],
      windowsOptions: { hostProcess: true },
    },
    containers: [
      {
        name: 'a',
        livenessProbe: { httpGet: { host: 'h' } },
        ports: [{ hostPort: 80 }],
        securityContext: { privileged: true, procMount: 'Unmasked', capabilities: { add: ['SYS_ADMIN'] } },
      },
    ],
    volumes: [{ name: 'v', hostPath: {} }],
  },
};

const FINE: PodTemplate = {
  spec: {
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [{ name: 'a', securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } }],
  },
};

describe('evaluate', () => {
  it('runs baseline checks in the order of their ids, at every version', () => {
    for (let minor = 0; minor <= NEWEST_MINOR; minor++) {
      const ids = minor < 34 ? BASELINE : [...BASELINE, 'hostProbesAndHostLifecycle'].sort();
      expect(failing('baseline', minor), `baseline 1.${minor}`).toEqual(ids);
    }
  });

  it('runs what restricted keeps of baseline, then its own, at every version', () => {
    for (let minor = 0; minor <= NEWEST_MINOR; minor++) {
      const steps = RESTRICTED_STEPS.filter((step) => step.minor <= minor);
      const gone = new Set(steps.flatMap((step) => step.removes));
      const baseline = failing('baseline', minor).filter((id) => !gone.has(id));
      const own = steps.flatMap((step) => step.adds).filter((id) => id !== 'hostProbesAndHostLifecycle');
      expect(failing('restricted', minor), `restricted 1.${minor}`).toEqual([...baseline, ...own.sort()]);
    }
    expect(failing('restricted', 37)).toEqual(RESTRICTED_1_37);
  });

  it('judges by the newest version what is newer, latest, or no version at all', () => {
    const newest = evaluate('restricted', 'v1.37', viewOf(BAD));
    expect(evaluate('restricted', 'latest', viewOf(BAD))).toEqual(newest);
    expect(evaluate('restricted', 'v1.38', viewOf(BAD))).toEqual(newest);
    expect(evaluate('restricted', 'v1.9999999999999999999', viewOf(BAD))).toEqual(newest);
    expect(evaluate('restricted', 'v1.-1', viewOf(BAD))).toEqual(newest);
    expect(evaluate('restricted', 'v1.1e0', viewOf(BAD)).length).toBeGreaterThan(0);
  });

  it('says nothing of what is fine, and always with the same array', () => {
    const nothing = evaluate('privileged', 'latest', viewOf(BAD));
    expect(nothing).toEqual([]);
    expect(evaluate('restricted', 'latest', viewOf(FINE))).toBe(nothing);
    expect(evaluate('baseline', 'v1.0', viewOf({}))).toBe(nothing);
  });

  it('changes nothing of the pod', () => {
    const before = JSON.stringify(BAD);
    evaluate('restricted', 'latest', viewOf(BAD));
    expect(JSON.stringify(BAD)).toBe(before);
  });
});

describe('parseVersion', () => {
  it.each(['latest', 'v1.0', 'v1.9', 'v1.10', 'v1.37', 'v1.100', 'v1.9223372036854775807'])(
    'parseVersion reads the version %s',
    (text) => {
      expect(parseVersion(text)).toBe(text);
    },
  );

  it.each([
    '',
    'Latest',
    'v1',
    'v1.',
    'v1.00',
    'v1.01',
    'v1.-1',
    'v1.1.0',
    'v1.1\n',
    ' v1.1',
    '1.1',
    'v2.0',
    'v1.1e3',
    'v1.9223372036854775808',
  ])('parseVersion refuses the text %j', (text) => {
    expect(parseVersion(text)).toBeUndefined();
  });
});

describe('isStricter', () => {
  it('orders the levels', () => {
    expect(isStricter('restricted', 'baseline')).toBe(true);
    expect(isStricter('baseline', 'privileged')).toBe(true);
    expect(isStricter('baseline', 'baseline')).toBe(false);
    expect(isStricter('privileged', 'restricted')).toBe(false);
  });
});

describe('inflate', () => {
  it('has a table for every minor', () => {
    const { baseline, restricted } = inflate(POD_SECURITY_CHECKS);
    expect(baseline).toHaveLength(NEWEST_MINOR + 1);
    expect(restricted).toHaveLength(NEWEST_MINOR + 1);
  });

  it.each([
    { name: 'an id twice', checks: [check({}), check({})], says: 'check x: registered twice' },
    { name: 'no versions', checks: [check({ versions: [] })], says: 'check x: has no version' },
    { name: 'a version that is none', checks: [check({}, '1.01')], says: 'check x: 1.01 is not a version' },
    {
      name: 'a version twice',
      checks: [check({}, '1.1', '1.1')],
      says: 'check x: versions must be strictly increasing',
    },
    {
      name: 'falling versions',
      checks: [check({}, '1.2', '1.1')],
      says: 'check x: versions must be strictly increasing',
    },
    { name: 'a version too new', checks: [check({}, '1.38')], says: 'check x: 1.38 is newer than NEWEST_MINOR' },
    {
      name: 'a baseline check that overrides',
      checks: [check({ id: 'y' }), check({ versions: [{ since: '1.0', overrides: ['y'], check: pass }] })],
      says: 'check x: only restricted checks may override',
    },
    {
      name: 'an override of a restricted check',
      checks: [
        check({ id: 'y', level: 'restricted' }),
        check({ level: 'restricted', versions: [{ since: '1.0', overrides: ['y'], check: pass }] }),
      ],
      says: 'check x: overrides y, which is not a baseline check',
    },
    {
      name: 'an override of nothing',
      checks: [check({ level: 'restricted', versions: [{ since: '1.0', overrides: ['z'], check: pass }] })],
      says: 'check x: overrides z, which is not a baseline check',
    },
  ])('a registry is refused for $name', ({ checks, says }) => {
    expect(() => inflate(checks)).toThrow(new TypeError(says));
  });
});

function failing(level: Level, minor: number): readonly string[] {
  return evaluate(level, `v1.${minor}`, viewOf(BAD)).map((failure) => failure.check.id);
}

function check(parts: Partial<Check>, ...since: readonly `1.${number}`[]): Check {
  const versions = (since.length === 0 ? ['1.0' as const] : since).map((minor) => ({ since: minor, check: pass }));
  return {
    id: 'x',
    level: 'baseline',
    title: 'T.',
    fix: 'f',
    versions,
    describe: () => ({ reason: '', detail: '' }),
    examples: { pass: [], fail: [] },
    ...parts,
  };
}

function pass(): undefined {
  return undefined;
}
