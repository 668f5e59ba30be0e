// Who may use a capability class on the command line: by the Roles and bindings among the inputs, or assumed, and then said.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseFiles } from '../../src/library/offline/objects.ts';
import { surroundingsFrom } from '../../src/library/offline/surroundings.ts';
import { ownField } from '../../src/model/json.ts';
import { parseObject, withRequest } from '../support/reviews.ts';
import { folderWith, type Printed, sandgate } from './console.ts';

const DIGEST = `sha256:${'0'.repeat(64)}`;
const POLICIES = `apiVersion: sandgate.dev/v1alpha1
kind: CapabilityClass
metadata: { name: docker }
spec:
  implementations:
    - name: one
      template: { spec: { containers: [{ name: docker-daemon, image: "example.com/x@${DIGEST}" }] } }
---
apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata: { name: p }
spec: { capabilities: [{ name: docker }], podSecurity: { level: baseline } }
`;

function podYaml(name: string, namespace = 'agents'): string {
  return `apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: ${namespace}, annotations: { sandgate.dev/capabilities: docker } }
spec: { serviceAccountName: robot, containers: [{ name: app, image: "example.com/app:1" }] }
`;
}

const ROLE = `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: use-docker, namespace: agents }
rules: [{ apiGroups: [sandgate.dev], resources: [capabilityclasses], resourceNames: [docker], verbs: [use] }]
`;

function bindingYaml(subject: string, metadata = '{ name: use-docker, namespace: agents }'): string {
  return `apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: ${metadata}
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: use-docker }
subjects: [${subject}]
`;
}

const FILES = {
  'policies.yaml': POLICIES,
  'pod.yaml': podYaml('a'),
  'alice.yaml': `${ROLE}---\n${bindingYaml('{ kind: User, name: alice }')}`,
  'dev.yaml': `${ROLE}---\n${bindingYaml('{ kind: Group, name: dev }')}`,
  'robot.yaml': `${ROLE}---\n${bindingYaml('{ kind: ServiceAccount, name: robot }')}`,
};

/** What it said, but for warnings about the policies. */
function notes({ stderr }: Printed): string[] {
  return stderr.split('\n').filter((line) => line !== '' && !line.includes('warning: '));
}

const ASSUMED = 'sandgate: capability classes: authorisation assumed (no Roles or bindings among the inputs)';
const FORCED = 'sandgate: capability classes: authorisation assumed (--assume-authorized)';
const EVALUATED =
  'sandgate: capability classes: authorised only by the Roles and bindings among the inputs ' +
  '(use --assume-authorized where those of the cluster are kept elsewhere)';

describe('check', () => {
  test('without Roles and bindings everybody may, and that is said once', async () => {
    const folder = folderWith({ ...FILES, 'more.yaml': `${podYaml('b')}---\n${podYaml('c', 'other')}` });
    const printed = await sandgate(folder, 'check -p policies.yaml -f pod.yaml more.yaml');
    expect(printed.code).toBe(0);
    expect(notes(printed)).toEqual([ASSUMED]);
  });

  test('nothing is said where nobody asks for a class', async () => {
    const plain = podYaml('a').replace(/, annotations: \{.*\} \}/, ' }');
    const printed = await sandgate(folderWith({ ...FILES, 'pod.yaml': plain }), 'check -p policies.yaml -f pod.yaml');
    expect(printed.code).toBe(0);
    expect(notes(printed)).toEqual([]);
  });

  test('with some, they decide, and a denial says who was asked and what would allow it', async () => {
    const folder = folderWith(FILES);
    const printed = await sandgate(folder, 'check -p policies.yaml -f pod.yaml alice.yaml --as bob -o json');
    expect(printed.code).toBe(1);
    expect(notes(printed)).toEqual([EVALUATED]);
    expect(printed.stdout).toContain('neither user \\"bob\\" nor service account \\"robot\\" may use capability class');
    expect(printed.stdout).toContain('kubectl create rolebinding use-docker-robot --role=use-docker');
    const results: unknown = ownField(printed.json(), 'results');
    expect(Array.isArray(results) && results.length).toBe(1);
  });

  test.each([
    ['the user', 'alice.yaml', '--as alice', 0],
    ['nobody in particular', 'alice.yaml', '', 1],
    ['a group', 'dev.yaml', '--as bob --as-group dev', 0],
    ['another group', 'dev.yaml', '--as bob --as-group ops', 1],
    ['the service account of the pod', 'robot.yaml', '', 0],
    ['the service account of the pod, whoever asks', 'robot.yaml', '--as bob', 0],
    ['the service account as the user', 'robot.yaml', '--as system:serviceaccount:agents:robot', 0],
    ['a member of system:masters', 'alice.yaml', '--as root --as-group system:masters', 0],
  ])('check asks about %s (%s %s): exit code %i', async (_, file, as, code) => {
    const line = `check -p policies.yaml -f pod.yaml ${as}`.trim();
    const folder = folderWith(FILES);
    expect((await sandgate(folder, `${line} --context ${file}`)).code).toBe(code);
    expect((await sandgate(folder, `${line} -f ${file}`)).code).toBe(code);
  });

  test('a binding counts in its own namespace', async () => {
    const folder = folderWith({ ...FILES, 'pod.yaml': podYaml('a', 'other') });
    expect((await sandgate(folder, 'check -p policies.yaml -f pod.yaml robot.yaml')).code).toBe(1);
  });

  test('Roles and bindings without a namespace are in the one the command names', async () => {
    const here = '{ name: use-docker }';
    const files = {
      ...FILES,
      'robot.yaml': `${ROLE.replace(/metadata: .*/, `metadata: ${here}`)}---\n${bindingYaml('{ kind: ServiceAccount, name: robot }', here)}`,
    };
    const line = 'check -p policies.yaml -f pod.yaml robot.yaml';
    expect((await sandgate(folderWith(files), line)).code).toBe(1);
    expect((await sandgate(folderWith(files), `${line} --namespace agents`)).code).toBe(0);
  });

  test('--assume-authorized lets everybody, and that is said', async () => {
    const line = 'check -p policies.yaml -f pod.yaml alice.yaml --assume-authorized';
    const printed = await sandgate(folderWith(FILES), line);
    expect(printed.code).toBe(0);
    expect(notes(printed)).toEqual([FORCED]);
  });

  test('a binding that no cluster would take allows nothing, and is named with its place', async () => {
    const files = { ...FILES, 'alice.yaml': `${ROLE}---\n${bindingYaml('{ kind: Robot, name: alice }')}` };
    const printed = await sandgate(folderWith(files), 'check -p policies.yaml -f pod.yaml alice.yaml --as alice');
    expect(printed.code).toBe(1);
    expect(notes(printed)).toEqual([
      'sandgate: alice.yaml:10:20: RoleBinding "use-docker" grants nothing, because the API server would refuse it: ' +
        'subjects[0].kind: expected User, Group, ServiceAccount',
      EVALUATED,
    ]);
  });
});

test('inject leaves out what nobody may use', async () => {
  const folder = folderWith(FILES);
  const allowed = await sandgate(folder, 'inject -p policies.yaml -f pod.yaml --context robot.yaml');
  expect(allowed.stdout).toContain('docker-daemon');
  const denied = await sandgate(folder, 'inject -p policies.yaml -f pod.yaml --context alice.yaml');
  expect(denied.stdout).not.toContain('docker-daemon');
  expect(notes(denied)[0]).toBe(EVALUATED);
  expect(notes(await sandgate(folder, 'inject -p policies.yaml -f pod.yaml'))).toEqual([ASSUMED]);
});

describe('review', () => {
  const recorded = parseObject(readFileSync(resolve(import.meta.dirname, '../reviews/pod-create-mutate.json'), 'utf8'));

  async function review(user: object, options: string): Promise<Printed> {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'a', annotations: { 'sandgate.dev/capabilities': 'docker' } },
      spec: { serviceAccountName: 'other', containers: [{ name: 'app', image: 'example.com/app:1' }] },
    };
    const text = JSON.stringify(withRequest(recorded, { namespace: 'agents', object: pod, userInfo: user }));
    return await sandgate(
      folderWith({ ...FILES, 'review.json': text }),
      `review -p policies.yaml -f review.json ${options}`,
    );
  }

  test.each<[string, object, string, boolean, readonly string[]]>([
    ['the user of the review', { username: 'alice' }, '--context alice.yaml', true, []],
    ['her groups', { username: 'x', groups: ['dev'] }, '--context dev.yaml', true, []],
    ['another user', { username: 'bob' }, '--context alice.yaml', false, [EVALUATED]],
    ['another user, with all allowed', { username: 'bob' }, '--context alice.yaml --assume-authorized', true, [FORCED]],
    ['anybody, without Roles', { username: 'bob' }, '--mutate', true, [ASSUMED]],
  ])('review asks about %s', async (_, user, options, allowed, said) => {
    const mutated = await review(user, options.includes('--mutate') ? options : `${options} --mutate`);
    const patch = ownField(ownField(mutated.json(), 'response'), 'patch');
    expect(typeof patch).toBe(allowed ? 'string' : 'undefined');
    expect(notes(mutated)).toEqual(said);
  });
});

function mayUse(file: 'pod.yaml' | 'robot.yaml' | 'all.yaml', serviceAccount = 'robot'): string | undefined {
  const all = `${ROLE}---\n${bindingYaml('{ kind: Group, name: "system:serviceaccounts:agents" }')}`;
  const { files } = parseFiles([{ file, text: file === 'all.yaml' ? all : FILES[file] }]);
  const objects = files.flatMap(({ documents }) => documents.flatMap((document) => document.objects));
  const user = { username: 'alice', groups: [] };
  return surroundingsFrom(objects).mayUse?.({ className: 'docker', namespace: 'agents', user, serviceAccount });
}

test('a service account that cannot be is in no group', () => {
  expect(mayUse('all.yaml', 'anybody')).toBe('allowed');
  for (const name of ['', 'a:b', 'A', 'a/b']) expect(mayUse('all.yaml', name)).toBe('denied');
});

test('where nothing may be assumed, nobody can tell without Roles', () => {
  expect(mayUse('pod.yaml')).toBeUndefined();
  expect(mayUse('robot.yaml')).toBe('allowed');
});

test('a suite is authorised by the Roles of its cases; where there are none, it is assumed and said once', async () => {
  const suite = `apiVersion: sandgate.dev/v1alpha1
kind: PolicyTest
metadata: { name: t }
spec:
  policies: [policies.yaml]
  cases:
    - { name: assumed, input: pod.yaml, expect: { verdict: allowed } }
    - { name: assumed again, input: pod.yaml, user: bob, expect: { verdict: allowed } }
    - { name: by a user, input: pod.yaml, context: [alice.yaml], user: alice, expect: { verdict: allowed } }
    - { name: by a group, input: pod.yaml, context: [dev.yaml], user: bob, groups: [dev], expect: { verdict: allowed } }
    - { name: not by another, input: pod.yaml, context: [alice.yaml], user: bob, expect: { verdict: denied } }
`;
  const printed = await sandgate(folderWith({ ...FILES, 'suite.yaml': suite }), 'test suite.yaml');
  expect(printed.code).toBe(0);
  expect(notes(printed).filter((line) => line === ASSUMED)).toHaveLength(1);
});
