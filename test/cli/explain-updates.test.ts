// `sandgate explain` of updates: which findings are new, and what became of those that are not.
import { describe, expect, test } from 'vitest';
import { explain, loadPolicies } from '../../src/index.ts';
import { ownField } from '../../src/model/json.ts';
import { folderWith, sandgate } from './console.ts';

const POLICY = `apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata: { name: floor }
spec: { podSecurity: { level: baseline }, checks: { hostPorts: { validationActions: [Warn] } } }
`;
const APP = '{ name: app, image: a:1, securityContext: { privileged: true } }';

function pod(spec: string, name = 'web'): string {
  return `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name} }\nspec: ${spec}\n`;
}

function row(one: unknown): string {
  const [check, action, before, excused, path] = ['check', 'action', 'before', 'excused', 'path'].map((key) =>
    ownField(one, key),
  );
  return `${check} ${path} ${action} ${before ? 'before' : 'new'}${excused === true ? ' excused' : ''}`;
}

/** The rows of what is found: check, path, action, new or before, and `excused` where it is. */
async function found(from: string, to: string): Promise<{ rows: unknown; resolved: unknown; code: number }> {
  const cwd = folderWith({ 'policy.yaml': POLICY, 'old.yaml': from, 'new.yaml': to });
  const args = ['explain', '-p', 'policy.yaml', '-f', 'new.yaml', '--old', 'old.yaml', '-o', 'json'];
  const { stdout, code } = await sandgate(cwd, args);
  const [object] = listAt(JSON.parse(stdout), 'objects');
  return {
    rows: listAt(object, 'findings').map(row),
    resolved: listAt(object, 'resolved').map((one) => ownField(one, 'path')),
    code,
  };
}

function listAt(value: unknown, key: string): readonly unknown[] {
  const list = ownField(value, key);
  return Array.isArray(list) ? list : [];
}

const PRIVILEGED = 'privileged spec.containers[0].securityContext.privileged';

describe('an update', () => {
  test('that changes a label lets through what was there before, and says so', async () => {
    const to = pod(`{ containers: [${APP}] }`).replace('name: web', 'name: web, labels: { a: b }');
    const { rows, code } = await found(pod(`{ containers: [${APP}] }`), to);
    expect([rows, code]).toEqual([[`${PRIVILEGED} Warn before excused`], 0]);
  });

  test('that adds a violation says which is new', async () => {
    const { rows, code } = await found(pod(`{ containers: [${APP}] }`), pod(`{ hostPID: true, containers: [${APP}] }`));
    expect([rows, code]).toEqual([['hostNamespaces spec.hostPID Deny new', `${PRIVILEGED} Warn before excused`], 1]);
  });

  test('that edits a container has it judged anew, though it was so before', async () => {
    const edited = APP.replace('image: a:1', 'image: a:2, stdin: true');
    const { rows, code } = await found(pod(`{ containers: [${APP}] }`), pod(`{ containers: [${edited}] }`));
    expect([rows, code]).toEqual([[`${PRIVILEGED} Deny before`], 1]);
  });

  test('that puts another container in front is not taken for one that adds the violations of those behind it', async () => {
    const { rows } = await found(
      pod(`{ containers: [${APP}] }`),
      pod(`{ containers: [{ name: first, image: b:1 }, ${APP}] }`),
    );
    expect(rows).toEqual(['privileged spec.containers[1].securityContext.privileged Warn before excused']);
  });

  test('tells new warnings from old ones, too', async () => {
    const { rows } = await found(
      pod(`{ containers: [{ name: app, image: a:1, ports: [${port(80)}] }] }`),
      pod(`{ containers: [{ name: app, image: a:1, ports: [${port(80)}, ${port(81)}] }] }`),
    );
    expect(rows).toEqual([
      'hostPorts spec.containers[0].ports[0].hostPort Warn before',
      'hostPorts spec.containers[0].ports[1].hostPort Warn new',
    ]);
  });

  test('that repairs something says what is no longer found', async () => {
    const { rows, resolved, code } = await found(
      pod(`{ hostPID: true, containers: [${APP}] }`),
      pod(`{ containers: [${APP}] }`),
    );
    expect([rows, resolved, code]).toEqual([[`${PRIVILEGED} Warn before excused`], ['spec.hostPID'], 0]);
  });
});

function port(number: number): string {
  return `{ containerPort: 80, hostPort: ${number} }`;
}

async function text(old: string): Promise<{ stdout: string; stderr: string }> {
  const cwd = folderWith({
    'policy.yaml': POLICY,
    'old.yaml': old,
    'new.yaml': pod(`{ hostPID: true, containers: [${APP}] }`),
  });
  return await sandgate(cwd, ['explain', '-p', 'policy.yaml', '-f', 'new.yaml', '--old', 'old.yaml']);
}

describe('as text', () => {
  test('each finding says since when it is there', async () => {
    const { stdout } = await text(pod(`{ hostNetwork: true, containers: [${APP}] }`));
    expect(stdout).toContain('Pod default/web  denied  (as an update)');
    expect(stdout).toMatch(
      /hostPID=true[\s\S]*since this update\n[\s\S]*since before this update, so it is let through\n/,
    );
    expect(stdout).toContain('no longer found:\n    hostNamespaces: host namespaces (hostNetwork=true)\n');
  });

  test('an object that replaces none of those given is judged as a creation, which is said', async () => {
    const { stdout, stderr } = await text(pod(`{ containers: [${APP}] }`, 'other'));
    expect(stderr).toContain('Pod default/web: nothing in --old has its kind and name, judged as a creation');
    expect(stdout).not.toContain('as an update');
  });
});

test('an old object that cannot be read is a mistake', async () => {
  const cwd = folderWith({ 'policy.yaml': POLICY, 'new.yaml': pod(`{ containers: [${APP}] }`), 'old.yaml': '{' });
  const { code, stderr } = await sandgate(cwd, ['explain', '-p', 'policy.yaml', '-f', 'new.yaml', '--old', 'old.yaml']);
  expect([code, stderr]).toEqual([2, expect.stringContaining('old.yaml:')]);
});

test('the library explains updates, too', () => {
  const loaded = loadPolicies([{ file: 'policy.yaml', text: POLICY }]);
  if (!loaded.ok) throw new Error('the policy has a fault');
  const old = [{ file: 'old.yaml', text: pod(`{ containers: [${APP}] }`) }];
  const { objects } = explain([{ file: 'new.yaml', text: pod(`{ containers: [${APP}] }`) }], loaded.policies, { old });
  expect(objects).toMatchObject([
    {
      operation: 'UPDATE',
      verdict: 'allowed',
      findings: [{ action: 'Warn', before: true, excused: true }],
      resolved: [],
    },
  ]);
});
