// What `check` prints of many objects, and what it says to those who forget an option.
import { expect, test } from 'vitest';
import { BARE_POD, CONFIG_MAP, DEPLOYMENT, folderWith, PRIVILEGED_POD, sandgate } from './console.ts';

const WARN = `apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata: { name: warns }
spec: { validationActions: [Warn], podSecurity: { level: baseline } }
`;

const FILES = {
  'deploy/a.yaml': CONFIG_MAP,
  'deploy/b.yaml': BARE_POD,
  'deploy/c.yaml': PRIVILEGED_POD,
  'deploy/d.yaml': `${CONFIG_MAP}---\n${CONFIG_MAP}`,
  'deploy/e.yaml': DEPLOYMENT,
  'warns.yaml': WARN,
};

test('objects of one kind that are skipped alike share a line from three on', async () => {
  const { stdout } = await sandgate(folderWith(FILES), 'check -p baseline -f deploy');
  const [first] = stdout.split('\n');
  expect(first).toBe(
    'ConfigMap: 3 objects  skipped (no pod template is known in this kind)  deploy/a.yaml:1 and 2 more',
  );
  expect(stdout.match(/ConfigMap/g)).toHaveLength(1);
  const two = await sandgate(folderWith(FILES), 'check -p baseline -f deploy/d.yaml');
  expect(two.stdout.match(/ConfigMap/g)).toHaveLength(2);
});

test('the summary counts objects by check', async () => {
  const denied = await sandgate(folderWith(FILES), 'check -p baseline -f deploy');
  expect(denied.stdout).toMatch(
    /\n2 denied, 1 allowed, 3 skipped\ndenied: privileged 2, hostNamespaces 1\nTo see why, and what to change: sandgate explain .*\n$/,
  );
  const warned = await sandgate(folderWith(FILES), 'check -p warns.yaml -f deploy');
  expect(warned.stdout).toMatch(/\n0 denied, 3 allowed, 3 skipped\nwarned: privileged 2, hostNamespaces 1\n$/);
});

test('--quiet prints what was denied or warned about, and the summary of all', async () => {
  const denied = await sandgate(folderWith(FILES), 'check -p baseline -f deploy --quiet');
  expect(denied.stdout).toMatch(/^Pod agents\/bad {2}denied/);
  expect(denied.stdout).not.toMatch(/ConfigMap|bare/);
  expect(denied.stdout).toMatch(/\n2 denied, 1 allowed, 3 skipped\ndenied: /);
  const warned = await sandgate(folderWith(FILES), 'check -p warns.yaml -f deploy -q');
  expect(warned.stdout.match(/^(?:Pod|Deployment) .*allowed/gm)).toHaveLength(2);
  const nothing = await sandgate(folderWith(FILES), 'check -p baseline -f deploy/b.yaml -q');
  expect(nothing.stdout).toBe('0 denied, 1 allowed, 0 skipped\n');
  const json = await sandgate(folderWith(FILES), 'check -p baseline -f deploy -q -o json');
  expect(json.json()).toMatchObject({
    results: [{ verdict: 'denied' }, { verdict: 'denied' }],
    summary: { denied: 2, allowed: 1, skipped: 3 },
  });
});

test('-n is the namespace, as kubectl has it', async () => {
  const { stdout } = await sandgate(folderWith(FILES), 'check -p baseline -f deploy/b.yaml -n agents');
  expect(stdout).toMatch(/^Pod agents\/bare {2}allowed/);
});

test.each([
  ['check -f deploy', /\nsandgate: type -p and what to judge by, for example -p restricted\n$/],
  ['check -p restricted', /\nsandgate: type -f before what is to be read, for example -f deploy\/\n$/],
  [
    'check -p restricted deploy/b.yaml',
    /\nsandgate: type -f before what is to be read, for example -f deploy\/b\.yaml\n$/,
  ],
  ['check deploy -p restricted', /^sandgate: too many arguments for 'check'\. .*: deploy \(expected -f deploy\)\n/],
  ['review -p restricted', /\nsandgate: type for example -f review\.json\n$/],
])('sandgate %s says what to type', async (line, words) => {
  const printed = await sandgate(folderWith(FILES), line);
  expect(printed).toMatchObject({ code: 2, stdout: '' });
  expect(printed.stderr).toMatch(words);
});

test('FORCE_COLOR turns colours on where there is no terminal, and off', async () => {
  const folder = folderWith(FILES);
  const run = async (env: Readonly<Record<string, string>>, tty: boolean): Promise<boolean> =>
    (await sandgate(folder, 'check -p baseline -f deploy/b.yaml', { env, tty })).stdout.includes('\u001b');
  expect(await run({ FORCE_COLOR: '1' }, false)).toBe(true);
  expect(await run({ FORCE_COLOR: '0' }, true)).toBe(false);
});

function pod(name: string, image: string): string {
  return `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name} }\nspec:\n  hostNetwork: true\n  containers: [{ name: app, image: ${image} }]\n`;
}

test('objects of one kind about which the same is said are named below the first of them', async () => {
  const pods = [pod('a', 'x:1'), pod('b', 'x:2').replace('hostNetwork', 'hostPID'), pod('c', 'x:3')].join('---\n');
  const { stdout } = await sandgate(folderWith({ 'pods.yaml': pods }), 'check -p baseline -f pods.yaml');
  expect(stdout.match(/^Pod default\/\w/gm)).toEqual(['Pod default/a', 'Pod default/b']);
  expect(stdout).toContain('\n  same   Pod default/c  pods.yaml:15\n');
  expect(stdout).toMatch(/\n3 denied, 0 allowed, 0 skipped\n/);
});
