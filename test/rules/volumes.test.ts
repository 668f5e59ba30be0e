// The rule volumes as a tenant meets it who wants more of the node, the storage or other people's claims, in both webhooks; and
// what its parameters refuse.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Gate } from '../../src/engine/gate.ts';
import { mutate } from '../../src/engine/mutate.ts';
import { validate } from '../../src/engine/validate.ts';
import { isWithin, joinPaths, normalisePath, pathWithin, plainPath } from '../../src/kubernetes/file-path.ts';
import { valueAt } from '../../src/kubernetes/path-keys.ts';
import { POD_FIELDS } from '../../src/kubernetes/pod-fields.ts';
import { VOLUME_SOURCES } from '../../src/kubernetes/volume-sources.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { Subject } from '../../src/model/subject.ts';
import type { VolumeParameters } from '../../src/rules/volumes/parameters.ts';
import { volumeProblems } from '../../src/rules/volumes/problems.ts';
import { WORKLOADS } from '../../src/workloads/index.ts';
import { anyText } from '../support/any-text.ts';
import { decide, gateOfSpec } from '../support/decide.ts';
import { DOCKER_CLASS, grantingPolicy } from '../support/docker-class.ts';
import { gateOf, policyYaml, subjectOf } from '../support/gate.ts';
import { inLongTests } from '../support/long-tests.ts';
import { randomCases } from '../support/random-cases.ts';

const NANOCLAW = gateOf(
  policyYaml(
    'nanoclaw',
    `
volumes:
  allowedTypes: [configMap, emptyDir, persistentVolumeClaim, projected, secret, hostPath, nfs]
  hostPaths: [{ path: /srv/sessions, below: true, types: [Directory], mountPaths: [/workspace, "/workspace/**"] }, { path: /srv/global, readOnly: true }]
  nfs: [{ server: nas.internal, path: /exports/agents, below: true, readOnly: true }]
  claims: [{ name: "session-*" }]
  secrets: ["agent-*"]
  configMaps: ["agent-*"]
  blockedPaths: { lists: [nanoclaw] }
  readOnlyMountPaths: [/workspace/agent/container.json]
  emptyDir: { maxSize: 10Gi, defaultSize: 1Gi, allowedMedia: [""] }
`,
  ),
);

const TOKEN = {
  name: 'kube-api-access-abcde',
  projected: {
    defaultMode: 420,
    sources: [
      { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      {
        downwardAPI: {
          items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
        },
      },
    ],
  },
};

function pod(spec: JsonObject, metadata: JsonObject = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'agents', ...metadata }, spec };
}

function withVolume(volume: JsonObject, mount: JsonObject = { mountPath: '/workspace/x' }): JsonObject {
  const volumeMounts = [{ name: 'v', ...mount }];
  return pod({ containers: [{ name: 'a', image: 'x', volumeMounts }], volumes: [{ name: 'v', ...volume }] });
}

/** What becomes of an object in both webhooks. */
function both(object: JsonObject, gate: Gate = NANOCLAW, overrides: Partial<Subject> = {}) {
  const stored = mutate(subjectOf(object, overrides), gate).object ?? object;
  const { verdict, findings } = validate(subjectOf(stored, overrides), gate);
  return { stored, verdict, findings, checks: findings.map(({ check }) => check) };
}

test('a session as nanoclaw mounts it is let in', () => {
  const { verdict, findings } = both(
    pod({
      containers: [
        {
          name: 'agent',
          image: 'x',
          volumeMounts: [
            { name: 'session', mountPath: '/workspace' },
            { name: 'group', mountPath: '/workspace/agent' },
            { name: 'group', mountPath: '/workspace/agent/container.json', subPath: 'container.json', readOnly: true },
            { name: 'global', mountPath: '/workspace/global', readOnly: true },
            { name: 'memory', mountPath: '/workspace/memory' },
            { name: 'tmp', mountPath: '/tmp' },
            { name: TOKEN.name, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', readOnly: true },
          ],
        },
      ],
      volumes: [
        { name: 'session', hostPath: { path: '/srv/sessions/7', type: 'Directory' } },
        { name: 'group', hostPath: { path: '/srv/sessions/7/group', type: 'Directory' } },
        { name: 'global', hostPath: { path: '/srv/global' } },
        { name: 'memory', persistentVolumeClaim: { claimName: 'session-7' } },
        { name: 'tmp', emptyDir: {} },
        TOKEN,
      ],
    }),
  );
  expect(findings).toEqual([]);
  expect(verdict).toBe('allowed');
});

describe('a path of the node', () => {
  const open = gateOf(policyYaml('open', 'volumes: { hostPaths: [{ path: /, below: true }] }'.replace('/,', '/srv,')));
  const silent = gateOf(policyYaml('silent', 'volumes: { secrets: ["*"] }'));

  test.each([
    '/',
    '//',
    '/.',
    '/..',
    '/srv/..',
    '/srv/../../etc',
    '/etc',
    '/etc/',
    '/etc/.',
    '/etc.',
    '/etc..',
    '/etc ',
    '/ETC',
    '/./etc//shadow',
    'etc',
    '../etc',
    '/%65tc',
    '/%2565tc',
    '/srv/%2e%2e/etc',
    '/srv/..%2fetc',
    '\\etc',
    '/srv\\..\\..\\etc',
    'C:\\',
    'c:/var/run',
    '\\\\.\\pipe\\docker_engine',
    '\uff0f\uff45tc',
    '/proc/1/root',
    '/sys/fs/cgroup',
    '/dev/kvm',
    '/run',
    '/run/containerd/containerd.sock',
    '/var',
    '/var/run/docker.sock',
    '/var/lib',
    '/var/lib/kubelet/pods',
    '/srv/docker.sock',
    '/home/me/.docker/run/docker.sock',
    '',
    null,
  ])('%j is never allowed, with rows and without', (path) => {
    for (const gate of [NANOCLAW, open, silent]) {
      const { verdict, checks } = both(withVolume({ hostPath: { path, type: 'Directory' } }), gate);
      expect(verdict).toBe('denied');
      // One cause, one finding: what no row allows because nothing may is not said twice.
      expect(checks.filter((check) => check === 'hostPaths' || check === 'forbiddenHostPaths')).toEqual([
        'forbiddenHostPaths',
      ]);
    }
  });

  test('is refused by its row where the policy only warns of what is never allowed', () => {
    const lax = policyYaml(
      'lax',
      'checks: { forbiddenHostPaths: { validationActions: [Warn] } }\nvolumes: { hostPaths: [{ path: /srv, below: true }] }',
    );
    const { findings } = both(withVolume({ hostPath: { path: '/etc' } }), gateOf(lax));
    expect(findings.map(({ check, action }) => [check, action])).toEqual([
      ['forbiddenHostPaths', 'Warn'],
      ['hostPaths', 'Deny'],
    ]);
  });

  test('of a type that is not allowed is one finding', () => {
    const gate = gateOf(policyYaml('none', 'volumes: { allowedTypes: [emptyDir], hostPaths: [] }'));
    expect(both(withVolume({ hostPath: { path: '/etc' } }), gate).checks).toEqual(['volumeTypes']);
  });

  test.each([
    ['a type that is made where nothing is', { path: '/srv/sessions/x', type: 'DirectoryOrCreate' }, {}],
    ['a row that is only a beginning', { path: '/srv/sessions-of-others', type: 'Directory' }, {}],
    ['a letter that looks alike', { path: '/srv/sess\u0456ons', type: 'Directory' }, {}],
    ['a step back', { path: '/srv/sessions/../global/x', type: 'Directory' }, {}],
    ['another mount path', { path: '/srv/sessions/7', type: 'Directory' }, { mountPath: '/etc' }],
    ['a mount path that leads out', { path: '/srv/sessions/7', type: 'Directory' }, { mountPath: '/workspace/../etc' }],
    ['propagation', { path: '/srv/sessions/7', type: 'Directory' }, { mountPropagation: 'Bidirectional' }],
    ['a read-only path that can be written', { path: '/srv/global' }, { readOnly: false }],
    ['a field that hostPaths do not have', { path: '/srv/global', readOnly: true }, {}],
    ['recursion without being read-only', { path: '/srv/global' }, { recursiveReadOnly: 'Enabled' }],
    ['a blocked folder', { path: '/srv/sessions/7/.ssh', type: 'Directory' }, {}],
    ['a blocked folder inside', { path: '/srv/sessions/7', type: 'Directory' }, { subPath: 'home/.AWS' }],
  ])('is refused with %s', (_, hostPath, mount) => {
    expect(both(withVolume({ hostPath }, { mountPath: '/workspace/x', ...mount })).verdict).toBe('denied');
  });
});

describe('every list of containers, in every kind', () => {
  const lists = ['containers', 'initContainers', 'ephemeralContainers'];
  const kinds = WORKLOADS.flatMap((row) => lists.map((list) => ({ row, list, name: `${row.kind} ${list}` })));

  test.each(kinds)('a writable mount is found in $name', ({ row, list }) => {
    const container = { name: 'x', image: 'x', volumeMounts: [{ name: 'v', mountPath: '/x' }] };
    const volumes = [{ name: 'v', nfs: { server: 'nas.internal', path: '/exports/agents/1' } }];
    let object: JsonObject = { spec: { containers: [{ name: 'fine', image: 'x' }], [list]: [container], volumes } };
    for (const token of (row.templates[0] ?? '').split('/').slice(1).toReversed()) object = { [token]: object };
    const apiVersion = row.group === '' ? 'v1' : `${row.group}/${row.versions[0]}`;
    object = { ...object, apiVersion, kind: row.kind, metadata: { name: 'x' } };
    const { verdict, findings } = validate(subjectOf(object), { ...NANOCLAW, enforcement: () => 'Enforce' });
    expect(verdict).toBe('denied');
    expect(findings.filter(({ check }) => check === 'nfsVolumes')).toHaveLength(1);
  });
});

describe('an update', () => {
  const stale = withVolume({ hostPath: { path: '/etc' } });

  test('of something else is let through with a warning where the volume was there before', () => {
    const labelled = { ...stale, metadata: { name: 'web', labels: { a: 'b' } } };
    const { verdict, findings } = both(labelled, NANOCLAW, { operation: 'UPDATE', oldObject: stale });
    expect(verdict).toBe('allowed');
    expect(findings.map(({ action }) => action)).toContain('Warn');
  });

  test('that adds an ephemeral container with a mount is judged', () => {
    const volumes = [{ name: 'v', nfs: { server: 'nas.internal', path: '/exports/agents' } }];
    const containers = [{ name: 'a', image: 'x' }];
    const added = { name: 'e', image: 'x', volumeMounts: [{ name: 'v', mountPath: '/x' }] };
    const request = {
      operation: 'UPDATE',
      subresource: 'ephemeralcontainers',
      oldObject: pod({ containers, volumes }),
    } as const;
    expect(both(pod({ containers, volumes, ephemeralContainers: [added] }), NANOCLAW, request).verdict).toBe('denied');
  });
});

/** A Sandbox that makes claims, and mounts the one called ro. */
function boxWith(name: string, templates: readonly unknown[], readOnly = true): JsonObject {
  const volumeMounts = [{ name: 'ro', mountPath: '/x', readOnly }];
  const template = { spec: { containers: [{ name: 'a', image: 'x', volumeMounts }] } };
  const spec = { podTemplate: template, volumeClaimTemplates: templates };
  return { apiVersion: 'agents.x-k8s.io/v1beta1', kind: 'Sandbox', metadata: { name }, spec };
}

describe('claims that an object makes for its pods', () => {
  const gate = gateOf(
    policyYaml('claims', 'volumes: { claims: [{ name: "session-*" }, { name: "ro-*", readOnly: true }] }'),
  );
  const podTemplate = {
    spec: { containers: [{ name: 'a', image: 'x', volumeMounts: [{ name: 'ro', mountPath: '/x' }] }] },
  };

  test.each([
    ['as it will be called', 'x', [{ metadata: { name: 'session' } }], 'allowed'],
    ['called otherwise', 'x', [{ metadata: { name: 'data' } }], 'denied'],
    ['without a name', 'x', [{}], 'denied'],
    ['of a volume of others', 'x', [{ metadata: { name: 'session' }, spec: { volumeName: 'pv-1' } }], 'denied'],
    [
      'of a claim of others',
      'x',
      [{ metadata: { name: 'session' }, spec: { dataSource: { kind: 'PersistentVolumeClaim', name: 'admin' } } }],
      'denied',
    ],
    ['of the wrong type', 'x', ['session', null, 7], 'allowed'],
  ])('count where they are %s', (_, name, templates, verdict) => {
    expect(both(boxWith(name, templates), gate).verdict).toBe(verdict);
  });

  test('must be mounted as the row says', () => {
    const templates = [{ metadata: { name: 'ro' } }];
    expect(both(boxWith('x', templates), gate).verdict).toBe('allowed');
    expect(both(boxWith('x', templates, false), gate).verdict).toBe('denied');
  });

  test('are named where they stand in the object', () => {
    const { findings } = both(boxWith('box', [{ metadata: { name: 'data' } }]), gate);
    expect(findings.flatMap(({ fields, detail }) => [detail, ...fields])).toEqual([
      'volume "data" must use a claim among "session-*", "ro-*", and makes data-box, found "data"',
      { path: 'spec.volumeClaimTemplates[0].metadata.name', value: 'data' },
    ]);
  });

  test('are refused where an update adds them, and not where they were there before', () => {
    const before = boxWith('box', [{ metadata: { name: 'data' } }]);
    const labelled = { ...before, metadata: { name: 'box', labels: { a: 'b' } } };
    const request = { operation: 'UPDATE', oldObject: before } as const;
    expect(both(labelled, gate, request).verdict).toBe('allowed');
    const more = boxWith('box', [{ metadata: { name: 'data' } }, { metadata: { name: 'more' } }]);
    expect(both(more, gate, request).verdict).toBe('denied');
  });

  test('of a StatefulSet are warned about, since its pods are refused', () => {
    const spec = { template: podTemplate, volumeClaimTemplates: [{ metadata: { name: 'data' } }] };
    const object = { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'db' }, spec };
    const { verdict, findings } = both(object, gate);
    expect(verdict).toBe('allowed');
    expect(findings.map(({ action, detail }) => [action, detail])).toEqual([
      ['Warn', 'volume "data" must use a claim among "session-*", "ro-*", and makes data-db-*, found "data"'],
    ]);
    const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data-db-0' } }];
    expect(both(pod({ containers: [{ name: 'a', image: 'x' }], volumes }), gate).verdict).toBe('denied');
  });

  test.each([
    ['a name that is too long', 'session-'.padEnd(300, 'x')],
    ['a pattern', 'session-*'],
    ['upper case', 'SESSION-1'],
    ['nothing', ''],
    ['null', null],
  ])('are not matched by %s', (_, claimName) => {
    expect(both(withVolume({ persistentVolumeClaim: { claimName } }), gate).verdict).toBe('denied');
  });
});

describe('what Kubernetes adds itself', () => {
  const gate = gateOf(policyYaml('none', 'volumes: { allowedTypes: [], secrets: [], configMaps: [] }'));

  test('is let in where nothing else is', () => {
    expect(both(pod({ containers: [{ name: 'a', image: 'x' }], volumes: [TOKEN] }), gate).verdict).toBe('allowed');
  });

  test.each([
    ['another name', { ...TOKEN, name: 'api-access' }],
    [
      'another audience',
      { ...TOKEN, projected: { sources: [{ serviceAccountToken: { path: 'token', audience: 'vault' } }] } },
    ],
    [
      'a Secret beside it',
      { ...TOKEN, projected: { sources: [...TOKEN.projected.sources, { secret: { name: 'admin' } }] } },
    ],
    ['another source beside it', { ...TOKEN, hostPath: { path: '/srv' } }],
  ])('is not let in with %s', (_, volume) => {
    expect(both(pod({ containers: [{ name: 'a', image: 'x' }], volumes: [volume] }), gate).verdict).toBe('denied');
  });
});

describe('an emptyDir', () => {
  test.each([
    ['none', {}, '1Gi'],
    ['null', { sizeLimit: null }, '1Gi'],
    ['one of its own', { sizeLimit: '2Gi' }, '2Gi'],
  ])('gets a limit where it has %s', (_, emptyDir, sizeLimit) => {
    const { stored, verdict } = both(withVolume({ emptyDir }));
    expect(verdict).toBe('allowed');
    expect(valueAt(stored, 'spec.volumes[0].emptyDir.sizeLimit')).toBe(sizeLimit);
  });

  test('of a Sandbox that only has a name gets a limit, too', () => {
    const spec = { containers: [{ name: 'a', image: 'x' }], volumes: [{ name: 'tmp' }] };
    const object = {
      apiVersion: 'agents.x-k8s.io/v1beta1',
      kind: 'Sandbox',
      metadata: { name: 'x' },
      spec: { podTemplate: { spec } },
    };
    const { stored, verdict } = both(object);
    expect(verdict).toBe('allowed');
    expect(valueAt(stored, 'spec.podTemplate.spec.volumes[0].emptyDir.sizeLimit')).toBe('1Gi');
  });

  test.each([{ sizeLimit: '11Gi' }, { sizeLimit: 0 }, { sizeLimit: '' }, { medium: 'Memory' }, { medium: 'memory' }])(
    'with %j is refused',
    (emptyDir) => {
      expect(both(withVolume({ emptyDir })).verdict).toBe('denied');
    },
  );
});

describe('a capability class', () => {
  const volumes =
    'volumes: { allowedTypes: [configMap], hostPaths: [], emptyDir: { maxSize: 1Gi, defaultSize: 1Gi, allowedMedia: [""] }, readOnlyMountPaths: [/home, /run] }';
  const gate = gateOf([grantingPolicy('agents', '[{ name: docker }]', `  ${volumes}`), DOCKER_CLASS]);
  const annotations = { 'sandgate.dev/capabilities': 'docker' };
  const containers = [{ name: 'a', image: 'x' }];

  test('brings volumes that the rule does not judge, and they stay as the class has them', () => {
    const { stored, verdict, findings } = both(pod({ containers }, { annotations }), gate);
    expect(findings).toEqual([]);
    expect(verdict).toBe('allowed');
    expect(valueAt(stored, 'spec.volumes')).toEqual(
      expect.arrayContaining([{ name: 'docker-tun', hostPath: { path: '/dev/net/tun', type: 'CharDevice' } }]),
    );
  });

  test('does not excuse volumes of the same form', () => {
    const tun = { name: 'tun', hostPath: { path: '/dev/net/tun', type: 'CharDevice' } };
    expect(both(pod({ containers, volumes: [tun] }, { annotations }), gate).verdict).toBe('denied');
    const fake = { name: 'docker-tun', hostPath: { path: '/dev/net/tun', type: 'CharDevice' } };
    expect(both(pod({ containers, volumes: [fake] }), gate).verdict).toBe('denied');
  });
});

describe('parameters that make no sense', () => {
  const cases: readonly (readonly [VolumeParameters, string])[] = [
    [{ hostPaths: [{ path: '/srv/' }] }, 'hostPaths.0.path: "/srv/" can match nothing: write /srv'],
    [
      { hostPaths: [{ path: '/etc/x', below: true }] },
      'hostPaths.0.path: "/etc/x" is never allowed: a container that has it is the node',
    ],
    [
      { hostPaths: [{ path: '/var/lib' }] },
      'hostPaths.0.path: "/var/lib" is never allowed: a container that has it is the node',
    ],
    [
      { hostPaths: [{ path: '/srv', recursiveReadOnly: true }] },
      'hostPaths.0.recursiveReadOnly: holds nothing without readOnly: true',
    ],
    [{ hostPaths: [{ path: '/srv', types: [] }] }, 'hostPaths.0.types: allows no type, and so no volume'],
    [
      { hostPaths: [{ path: '/srv', mountPaths: ['/a/../b'] }] },
      'hostPaths.0.mountPaths.0: "/a/../b" can match nothing: write /b',
    ],
    [{ nfs: [{ server: 'nas', path: '/a//b' }] }, 'nfs.0.path: "/a//b" can match nothing: write /a/b'],
    [
      { claims: [{ name: 'A*' }] },
      'claims.0.name: "A*" can match nothing: it is neither the name of an object nor a pattern for one',
    ],
    [
      { secrets: ['a/b'] },
      'secrets.0: "a/b" can match nothing: it is neither the name of an object nor a pattern for one',
    ],
    [
      { configMaps: ['-a'] },
      'configMaps.0: "-a" can match nothing: it is neither the name of an object nor a pattern for one',
    ],
    [{ blockedPaths: {} }, 'blockedPaths: blocks nothing: name patterns, or lists: [nanoclaw]'],
    [
      { blockedPaths: { patterns: ['a/b'] } },
      'blockedPaths.patterns.0: "a/b" can match nothing: it is compared with one part of a path at a time',
    ],
    [
      { blockedPaths: { patterns: ['*.pem'], match: 'Contains' } },
      'blockedPaths.patterns.0: "*.pem" is a pattern: Contains takes plain text',
    ],
    [{ readOnlyMountPaths: ['/a/'] }, 'readOnlyMountPaths.0: "/a/" can match nothing: write /a'],
    [
      { emptyDir: { maxSize: '1Gi', defaultSize: '2Gi' } },
      'emptyDir.defaultSize: is refused by the same rule: maxSize is 1Gi',
    ],
    [{ emptyDir: { maxSize: '0' } }, 'emptyDir.maxSize: allows no volume: a sizeLimit of 0 is none'],
    [
      { emptyDir: { defaultSize: '0' } },
      'emptyDir.defaultSize: does not limit anything: Kubernetes takes a sizeLimit of 0 for none',
    ],
    [
      { allowedTypes: ['emptyDir'], claims: [{ name: 'a' }] },
      'claims: decides nothing: allowedTypes does not list persistentVolumeClaim or ephemeral',
    ],
  ];

  test.each(cases)('%j are refused or warned about', (parameters, says) => {
    expect(volumeProblems(parameters).map(({ keys, message }) => `${keys.join('.')}: ${message}`)).toEqual([says]);
  });

  const fine: readonly VolumeParameters[] = [
    {},
    { allowedTypes: [], hostPaths: [], nfs: [], claims: [], csiDrivers: [], secrets: [], configMaps: [] },
    {
      hostPaths: [
        { path: '/var', below: true },
        { path: '/', below: true, readOnly: true, recursiveReadOnly: true },
      ],
    },
  ];

  test.each(fine)('of which %j has none', (parameters) => {
    expect(volumeProblems(parameters)).toEqual([]);
  });
});

describe('paths as text', () => {
  const part = fc.constantFrom('a', 'b', '.', '..', '', 'a.', ' ');
  const path = fc.oneof(
    fc.array(part, { maxLength: 8 }).map((parts) => parts.join('/')),
    anyText,
  );
  const options = { numRuns: randomCases(2000) };

  test.each([
    ['/srv/sessions/..\0/x', '/srv'],
    ['/workspace\0/x', '/workspace'],
    ['/etc\0', '/etc'],
    ['/srv/%2565tc%2500/x', '/srv/etc'],
    ['\0/etc', '/'],
  ])('a path ends at a NUL, as it does for a runtime that is written in C: %j', (text, expected) => {
    expect(plainPath(text)).toBe(expected);
    if (!text.includes('%')) expect(normalisePath(text)).toBe(expected);
  });

  test('a normalised path stays what it is, and has no step back', () => {
    fc.assert(
      fc.property(path, (text) => {
        for (const plain of [normalisePath(text), plainPath(text)]) {
          expect(normalisePath(plain)).toBe(plain);
          expect(plain.split('/')).not.toContain('..');
        }
      }),
      options,
    );
  });

  test('what is joined stays within, and leads back to what was joined', () => {
    fc.assert(
      fc.property(path, path, (folder, below) => {
        const outer = normalisePath(folder);
        const joined = joinPaths(outer, below);
        expect(isWithin(joined, outer)).toBe(true);
        expect(joinPaths(outer, pathWithin(joined, outer))).toBe(joined);
      }),
      options,
    );
  });
});

test('a pod with very many volumes and mounts is judged', () => {
  const many = Array.from({ length: inLongTests(6000, 1000) }, (_, index) => index);
  const volumes = many.map((index) => ({
    name: `v${index}`,
    hostPath: { path: `/srv/sessions/${'x/'.repeat(50)}`, type: 'Directory' },
  }));
  const volumeMounts = many.map((index) => ({
    name: `v${index}`,
    mountPath: `/workspace/agent/${'y/'.repeat(50)}${index}`,
  }));
  const { verdict } = both(pod({ containers: [{ name: 'a', image: 'x', volumeMounts }], volumes }));
  expect(verdict).toBe('allowed');
});

test.each(VOLUME_SOURCES.filter((source) => Object.hasOwn(POD_FIELDS[POD_FIELDS.Volume[source]], 'path')))(
  'a blocked path of a volume of type %s is found in a pod that mounts nothing',
  (source) => {
    const gate = gateOfSpec('volumes: { blockedPaths: { patterns: [.ssh] } }');
    const { paths } = decide(
      gate,
      pod({ containers: [], volumes: [{ name: 'v', [source]: { path: '/home/me/.ssh' } }] }),
    );
    expect(paths).toEqual([`blockedPaths spec.volumes[0].${source}.path`]);
  },
);
