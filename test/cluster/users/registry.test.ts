// `sandgate users` asks the distribution registry, which most registries are made of, for what was put into it over HTTP.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { folderWith, sandgate } from '../../cli/console.ts';
import { imageOf, indexOf, layerOf } from '../../cli/users/registry.ts';
import { LOGIN, type RealRegistry, startRegistry } from './real-registry.ts';

let registry: RealRegistry;

beforeAll(async () => {
  registry = await startRegistry();
  await registry.push('team/agent', '1', imageOf('1001:1002'));
  await registry.push(
    'team/agent',
    'many',
    indexOf({ 'linux/amd64': imageOf('7'), 'linux/arm64': imageOf('7', [], { architecture: 'arm64' }) }),
  );
  await registry.push('team/node', '22', imageOf('node', [await layerOf({ 'etc/passwd': 'node:x:1000:1000::/:\n' })]));
}, 600_000);
afterAll(() => registry.stop());

/** With a password as docker keeps it. */
async function ask(line: string, files: Readonly<Record<string, string>> = {}) {
  const auths = { [registry.host]: { auth: Buffer.from(LOGIN).toString('base64') } };
  const cwd = folderWith({ '.docker/config.json': JSON.stringify({ auths }), ...files });
  const printed = await sandgate(cwd, line.replaceAll('HOST', registry.host), { env: { HOME: cwd } });
  return { ...printed, cwd };
}

test('an image, an index for two platforms, and a name that stands in a layer', async () => {
  const { code, stderr, stdout } = await ask('users HOST/team/agent:1 HOST/team/agent:many HOST/team/node:22 --layers');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/agent\n {4}tags: "1"\n {4}runAsUser: 1001\n {4}runAsGroup: 1002\n/);
  expect(stdout).toMatch(/agent\n {4}tags: many\n {4}runAsUser: 7\n/);
  expect(stdout).toMatch(
    /node\n {4}tags: "22"\n {4}runAsUser: 1000\n {4}source: USER node in the image config, looked up in the layers/,
  );
});

test('by the digest that the registry gives a tag, and by that digest again', async () => {
  const { stdout } = await ask('users HOST/team/agent:many --by-digest');
  const [digest = ''] = /sha256:[a-f0-9]{64}/.exec(stdout) ?? [];
  expect(stdout).toMatch(/digest: sha256:[a-f0-9]{64}\n {4}runAsUser: 7\n/);
  expect((await ask(`users HOST/team/agent@${digest}`)).stdout).toContain(`digest: ${digest}\n    runAsUser: 7\n`);
});

test('without a password, for an image that is not there, and over TLS that it does not speak', async () => {
  const cwd = folderWith({});
  const unknown = await sandgate(cwd, `users ${registry.host}/team/agent:1`, { env: { HOME: cwd } });
  expect(unknown.code).toBe(2);
  expect(unknown.stderr).toMatch(/answers 401: it wants other credentials, or there is no such image/);
  expect((await ask('users HOST/team/none:1')).stderr).toMatch(/has no such image/);
  expect((await ask('users HOST/team/agent:2')).stderr).toMatch(/has no such image/);
});

test('the rows of a policy are renewed from it', async () => {
  const policy = `apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata: { name: p }
spec:
  identity:
    images:
      - { image: ${registry.host}/team/agent, tags: many, runAsUser: 5 } # ours
`;
  const { code, stdout, cwd } = await ask('users --update p.yaml', { 'p.yaml': policy });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^-.*runAsUser: 5 \} # ours$/m);
  expect(readFileSync(join(cwd, 'p.yaml'), 'utf8')).toMatch(/tags: many, runAsUser: 7, source: .* \} # ours$/m);
});
