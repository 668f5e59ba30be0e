// Users of images, asked of a registry.
import { chmodSync, readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { issue, makeAuthority } from '../../support/certificates.ts';
import { folderWith, sandgate } from '../console.ts';
import { fieldAt, objectsIn } from '../import/imports.ts';
import { blobOf, type FakeOptions, fakeRegistry, type Image, imageOf, indexOf, layerOf } from './registry.ts';

/** What is printed about one image `own:1`, with the host of the registry taken out. */
async function ask(image: Image, options = '', fake: FakeOptions = {}) {
  const { host, requests } = await fakeRegistry({ 'team/own:1': image }, fake);
  const printed = await sandgate(folderWith({}), `users ${host}/team/own:1 ${options}`.trim(), {
    env: { HOME: '/none' },
  });
  const stripped = (text: string): string =>
    text
      .replaceAll(host, 'HOST')
      .replaceAll(/sha256:[a-f0-9]{64}/g, 'DIGEST')
      .replaceAll(/verified: "\d{4}-\d\d-\d\d"/g, 'verified: TODAY');
  return { ...printed, stdout: stripped(printed.stdout), stderr: stripped(printed.stderr), requests };
}

/** A registry that answers everything in one way. */
function answering(answer: (response: ServerResponse) => void): FakeOptions {
  return {
    before(_, response) {
      answer(response);
      return true;
    },
  };
}

const asking = (login: string): FakeOptions => ({
  before: ({ headers }, response) => {
    if (headers.authorization === `Basic ${Buffer.from(login).toString('base64')}`) return false;
    response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
    return true;
  },
});

const authOf = (login: string) => ({ auth: Buffer.from(login).toString('base64') });

async function askWith(
  files: Readonly<Record<string, string>>,
  options: string,
  fake: FakeOptions,
  host = (own: string) => own,
) {
  const registry = await fakeRegistry({ 'team/own:1': imageOf('9') }, fake);
  const cwd = folderWith(
    Object.fromEntries(
      Object.entries(files).map(([name, text]) => [name, text.replaceAll('HOST', host(registry.host))]),
    ),
  );
  const helper = join(cwd, 'bin/docker-credential-own');
  if ('bin/docker-credential-own' in files) chmodSync(helper, 0o755);
  const env = { HOME: cwd, PATH: `${join(cwd, 'bin')}:/usr/bin:/bin` };
  return await sandgate(cwd, `users ${registry.host}/team/own:1 ${options}`.trim(), { env });
}

const pullSecret = (auths: object) =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/dockerconfigjson',
    metadata: { name: 's' },
    stringData: { '.dockerconfigjson': JSON.stringify({ auths }) },
  });

async function updated(rows: string, more = '', options = '') {
  const { host } = await fakeRegistry({ 'a:1': imageOf('1001'), 'b:2': imageOf('2002:3'), 'c:3': imageOf('') });
  const text = `# Ours.
apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata: { name: p }
spec:
  identity:
    # Who they run as.
    images:
${rows.replaceAll('HOST', host)}
  podSecurity: { level: baseline } # the level
`;
  const cwd = folderWith({ 'p.yaml': text });
  const printed = await sandgate(
    cwd,
    `users ${more.replaceAll('HOST', host)} --update p.yaml ${options}`.replaceAll(/ +/g, ' ').trim(),
  );
  const plain = (out: string): string =>
    out
      .replaceAll(host, 'HOST')
      .replaceAll(/sha256:[a-f0-9]{64}/g, 'DIGEST')
      .replaceAll(/verified: "\d{4}-\d\d-\d\d"/g, 'verified: TODAY');
  return {
    ...printed,
    stdout: plain(printed.stdout),
    stderr: plain(printed.stderr),
    before: plain(text),
    after: plain(readFileSync(join(cwd, 'p.yaml'), 'utf8')),
  };
}

test('a numeric user is a row for the tag, with where it comes from', async () => {
  expect(await ask(imageOf('1001:1002'))).toMatchObject({
    code: 0,
    stderr: '',
    stdout: `images:
  - image: HOST/team/own
    tags: "1"
    runAsUser: 1001
    runAsGroup: 1002
    source: USER 1001:1002 in the image config of DIGEST
    verified: TODAY
`,
  });
});

test('with --by-digest it is a row for the digest, which a policy takes', async () => {
  const image = imageOf('1001');
  const { host } = await fakeRegistry({ 'own:1': image });
  const printed = await sandgate(folderWith({}), `users ${host}/own:1 --by-digest -o json`);
  const policy = {
    apiVersion: 'sandgate.dev/v1alpha1',
    kind: 'IsolationPolicy',
    metadata: { name: 'p' },
    spec: { identity: { images: fieldAt(printed.json(), 'images') } },
  };
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { containers: [{ name: 'a', image: `${host}/own@${image.manifest.digest}` }] },
  };
  const cwd = folderWith({ 'p.json': JSON.stringify(policy), 'pod.json': JSON.stringify(pod) });
  const filled = await sandgate(cwd, 'inject -p p.json -f pod.json -o json');
  expect(filled.json()).toMatchObject({ spec: { securityContext: { runAsUser: 1001 } } });
});

describe('an image has no row, and it is said why', () => {
  test.each([
    [undefined, 'it states no user, and so runs as root'],
    ['', 'it states no user, and so runs as root'],
    ['0', 'it runs as root (0)'],
    ['0:5', 'it runs as root (0:5)'],
    ['4294967294', 'its user is 4294967294, which Kubernetes does not take'],
    ['node', 'its user is a name, "node" (--layers looks it up)'],
    ['1000:staff', 'its user is a name, "1000:staff" (--layers looks it up)'],
  ])('where its user is %j', async (user, why) => {
    expect(await ask(imageOf(user))).toMatchObject({
      code: 2,
      stdout: '',
      stderr: `sandgate: HOST/team/own:1: no row: ${why}\n`,
    });
  });

  test('where it is not the one that its digest names', async () => {
    const image = imageOf('1001');
    const other = blobOf({ config: {} });
    const { host } = await fakeRegistry(
      {},
      answering((response) => void response.end(other.bytes)),
    );
    const { code, stderr } = await sandgate(folderWith({}), `users ${host}/own@${image.manifest.digest}`);
    expect(code).toBe(2);
    expect(stderr).toContain(`the registry sent something else, ${other.digest}`);
  });
});

describe('an image for several platforms', () => {
  const attestation = imageOf(undefined);

  test('has a row where all for Linux agree', async () => {
    const index = indexOf({
      'linux/amd64': imageOf('7'),
      'linux/arm64': imageOf('7', [], { architecture: 'arm64' }),
      'unknown/unknown': attestation,
      'windows/amd64': attestation,
    });
    const { code, stdout } = await ask(index);
    expect(code).toBe(0);
    expect(stdout).toContain('runAsUser: 7');
  });

  test('has none where they differ, unless one is named', async () => {
    const index = indexOf({ 'linux/amd64': imageOf('7'), 'linux/arm64': imageOf('8') });
    expect((await ask(index)).stderr).toContain(
      'platforms differ: linux/amd64 runs as 7, linux/arm64 runs as 8 (--platform names one)',
    );
    expect((await ask(index, '--platform linux/arm64')).stdout).toContain('runAsUser: 8');
    expect((await ask(index, '--platform linux/s390x')).stderr).toContain('it is not for linux/s390x');
  });
});

describe('a name is looked up in the layers', () => {
  const PASSWD = 'root:x:0:0::/:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\n';

  test('a user by name is looked up in the highest layer that has /etc/passwd, of any form', async () => {
    const layers = [
      await layerOf({ 'etc/passwd': 'node:x:5:5::/:\n' }),
      await layerOf({ './etc/passwd': PASSWD }, 'zstd'),
      await layerOf({ 'app/x': 'y' }, ''),
    ];
    const { code, stdout } = await ask(imageOf('node', layers), '--layers');
    expect(code).toBe(0);
    expect(stdout).toContain('runAsUser: 1000');
    expect(stdout).toContain('source: USER node in the image config, looked up in the layers of DIGEST');
  });

  test('a group by name is looked up in /etc/group', async () => {
    const layers = [await layerOf({ 'etc/group': 'staff:x:50:\n', 'etc/passwd': PASSWD })];
    expect((await ask(imageOf('node:staff', layers), '--layers')).stdout).toContain('runAsGroup: 50');
    expect((await ask(imageOf('node:none', layers), '--layers')).stderr).toContain(
      'its group is a name, "none", that cannot be known: it is not in /etc/group',
    );
  });

  test.each([
    ['.wh.passwd', { 'etc/.wh.passwd': '' }],
    ['an opaque folder', { 'etc/.wh..wh..opq': '' }],
    ['no folder at all', { '.wh.etc': '' }],
    ['a link', { 'etc/passwd': '->/tmp/x' }],
  ])('a user by name is not known where a higher layer has %s', async (_, files) => {
    const layers = [await layerOf({ 'etc/passwd': PASSWD }), await layerOf(files)];
    expect((await ask(imageOf('node', layers), '--layers')).stderr).toContain(
      'its user is a name, "node", that cannot be known: it is not in /etc/passwd',
    );
  });

  test('a user by name is not known where a layer is of a kind that cannot be read, whatever is below it', async () => {
    const layers = [await layerOf({ 'etc/passwd': PASSWD }), { ...(await layerOf({})), mediaType: 'application/x' }];
    expect((await ask(imageOf('node', layers), '--layers')).stderr).toContain(
      'one of its layers is too large, or of a kind that is not known here',
    );
  });

  test('a layer that is not an archive is an error', async () => {
    const broken = { ...blobOf(Buffer.from('no gzip')), mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip' };
    expect((await ask(imageOf('node', [broken]), '--layers')).stderr).toContain('not a layer (incorrect header check)');
  });
});

describe('credentials', () => {
  test('of the config.json of docker, in the home and where an option says', async () => {
    const config = JSON.stringify({ auths: { 'https://HOST/v2/': authOf('ana:secret:with colon') } });
    expect((await askWith({ '.docker/config.json': config }, '', asking('ana:secret:with colon'))).code).toBe(0);
    expect((await askWith({ 'c.json': config }, '--docker-config c.json', asking('ana:secret:with colon'))).code).toBe(
      0,
    );
    const wrong = await askWith({ '.docker/config.json': config }, '', asking('ana:other'));
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toMatch(
      /answers 401: it wants other credentials, or there is no such image \(--docker-config, --pull-secret\)/,
    );
    expect(wrong.stderr).not.toContain('secret:with');
  });

  test('of a pull secret, by the longest path', async () => {
    const auths = { HOST: authOf('a:1'), 'HOST/team': authOf('b:2'), 'HOST/teams': authOf('c:3') };
    expect((await askWith({ 's.yaml': pullSecret(auths) }, '--pull-secret s.yaml', asking('b:2'))).code).toBe(0);
    const none = await askWith({ 's.yaml': '{ "kind": "Secret", "data": {} }' }, '--pull-secret s.yaml', asking('b:2'));
    expect(none.code).toBe(2);
    expect(none.stderr).toContain('s.yaml: not a pull secret');
  });

  test('of a helper, which is asked for the host', async () => {
    const config = JSON.stringify({ credHelpers: { HOST: 'own' } });
    const helper =
      '#!/bin/sh\nread server\n[ "$server" = HOST ] && echo \'{"ServerURL":"x","Username":"ana","Secret":"s"}\'\n';
    const files = { '.docker/config.json': config, 'bin/docker-credential-own': helper };
    expect(await askWith(files, '', asking('ana:s'))).toMatchObject({ code: 0, stderr: '' });
    const missing = await askWith(
      { '.docker/config.json': JSON.stringify({ credsStore: 'none-such' }) },
      '',
      asking('x:y'),
    );
    expect(missing.stderr).toContain('docker-credential-none-such: there is no such program');
  });

  test('are traded for a token, and never sent to another host', async () => {
    const seen: string[] = [];
    const elsewhere = await fakeRegistry(
      {},
      {
        before: ({ headers }, response) => {
          seen.push(String(headers.authorization));
          response.end(imageOf('9').blobs[0]?.bytes);
          return true;
        },
      },
    );
    const fake: FakeOptions = {
      before: ({ url = '', headers }, response, host) => {
        if (url.startsWith('/token?')) {
          const isRight = headers.authorization === `Basic ${Buffer.from('ana:s').toString('base64')}`;
          response
            .writeHead(isRight ? 200 : 403)
            .end(JSON.stringify({ token: url.includes('scope=repository%3Ateam%2Fown%3Apull') ? 'right' : 'wrong' }));
        } else if (headers.authorization !== 'Bearer right') {
          response
            .writeHead(401, {
              'www-authenticate': `Bearer realm="http://${host}/token",service="s",scope="repository:team/own:pull"`,
            })
            .end();
        } else if (url.includes('/blobs/'))
          response.writeHead(307, { location: `http://${elsewhere.host}/blob` }).end();
        else return false;
        return true;
      },
    };
    const config = JSON.stringify({ auths: { HOST: authOf('ana:s') } });
    expect(await askWith({ '.docker/config.json': config }, '', fake)).toMatchObject({ code: 0, stderr: '' });
    expect(seen).toEqual(['undefined']);
    const without = await askWith({}, '', fake);
    expect(without.stderr).toContain('answers 403 to the credentials');
  });

  test('files of credentials that cannot be read are said, without what is in them', async () => {
    const broken = await askWith({ '.docker/config.json': '{"auths": "secret' }, '', {});
    expect(broken.code).toBe(2);
    expect(broken.stderr).toMatch(/config\.json: not a file of credentials/);
    expect(broken.stderr).not.toContain('secret"');
  });
});

test.each([
  ['--platform linux', "argument 'linux' is invalid (expected an operating system and an architecture, such as"],
  [
    '--pull-secret empty.yaml',
    'empty.yaml: no pull secret in it (expected a Secret with .dockerconfigjson in its data)',
  ],
])('an option that would say nothing is a mistake: %s', async (option, message) => {
  const printed = await sandgate(folderWith({ 'empty.yaml': '' }), `users localhost:1/a:1 ${option}`);
  expect(printed).toMatchObject({ code: 2, stdout: '' });
  expect(printed.stderr).toContain(message);
});

test.each([
  ['{ identity: 5 }', 'p.yaml:4:19: /spec/identity: expected an object; nothing was renewed'],
  ['{ identity: { images: { a: 1 } } }', 'p.yaml:4:29: /spec/identity/images: expected a list of rows; nothing was'],
  ['{ identity: { images: [null] } }', 'p.yaml:4:30: /spec/identity/images/0: expected a row, which is an object'],
])('what stands in the place of rows is not replaced by --update: %s', async (spec, message) => {
  const text = `apiVersion: sandgate.dev/v1alpha1\nkind: IsolationPolicy\nmetadata: { name: a }\nspec: ${spec}\n`;
  const folder = folderWith({ 'p.yaml': text });
  const printed = await sandgate(folder, 'users localhost:1/a:1 --update p.yaml');
  expect(printed).toMatchObject({ code: 2, stdout: '' });
  expect(printed.stderr).toContain(message);
  expect(readFileSync(join(folder, 'p.yaml'), 'utf8')).toBe(text);
});

describe('a registry that does not answer as it should', () => {
  test.each([
    [404, 'HOST has no such image'],
    [403, 'answers 403: it wants other credentials'],
    [429, 'answers 429: too many requests'],
    [500, 'HOST answers 500'],
  ])('a status of %d is an error that says why', async (status, why) => {
    const printed = await ask(
      imageOf('1'),
      '',
      answering((response) => void response.writeHead(status).end()),
    );
    expect(printed).toMatchObject({ code: 2, stdout: '' });
    expect(printed.stderr).toContain(why);
  });

  test('an answer that is too long, something else, or redirects without end are errors that say why', async () => {
    const large = Buffer.alloc(5 * 1024 * 1024, ' ');
    expect(
      (
        await ask(
          imageOf('1'),
          '',
          answering((response) => void response.end(large)),
        )
      ).stderr,
    ).toContain('more than 4194304 bytes');
    expect(
      (
        await ask(
          imageOf('1'),
          '',
          answering((response) => void response.end('[]')),
        )
      ).stderr,
    ).toContain('not a JSON object');
    const round = answering((response) => void response.writeHead(302, { location: '/again' }).end());
    expect((await ask(imageOf('1'), '', round)).stderr).toContain('more than 5 redirects');
  });

  test('at all, within the time that is given', async () => {
    expect((await ask(imageOf('1'), '--timeout 0.2', { before: () => true })).stderr).toContain(
      'no answer within 0.2 s',
    );
  });

  test('because nothing listens, or because nobody knows its name', async () => {
    expect((await sandgate(folderWith({}), 'users 127.0.0.1:1/a')).stderr).toContain('nothing listens there');
    expect((await sandgate(folderWith({}), 'users registry.invalid/a')).stderr).toContain(
      'the name cannot be resolved',
    );
    expect((await sandgate(folderWith({}), 'users A//b')).stderr).toContain('"A//b" is not the name of an image');
  });
});

test('TLS is asked for, and a certificate that is not trusted is an error that says what to do', async () => {
  const authority = await makeAuthority('registries');
  const { host } = await fakeRegistry({ 'own:1': imageOf('9') }, { tls: await issue(authority, { name: 'registry' }) });
  const cwd = folderWith({ 'ca.pem': authority.cert, 'other.pem': (await makeAuthority('others')).cert });
  expect(await sandgate(cwd, `users ${host}/own:1 --ca ca.pem`)).toMatchObject({ code: 0, stderr: '' });
  const untrusted = await sandgate(cwd, `users ${host}/own:1 --ca other.pem`);
  expect(untrusted.stderr).toMatch(/its certificate is not trusted: .*\(--ca names one to trust\)/);
  const { host: plain } = await fakeRegistry({});
  const wrong = await sandgate(cwd, `users ${plain}/own:1 --ca ca.pem`);
  expect(wrong.stderr).toContain('it does not speak TLS (--plain-http asks without)');
  expect((await sandgate(cwd, `users ${plain}/own:1 --ca none.pem`)).stderr).toContain('none.pem: cannot be read');
});

describe('--update', () => {
  const ROWS = `      - { image: HOST/a, tags: "1", runAsUser: 7, runAsGroup: 8, fsGroup: 5 } # the agent
      - image: HOST/b # another
        tags: "2"
        runAsUser: 2002
      - { image: "HOST/*", runAsUser: 1 }`;

  test('renews rows in place, keeps comments and keys of its own, and prints the difference', async () => {
    const { code, stdout, stderr, after } = await updated(ROWS);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: 'sandgate: p.yaml: 1 row is about more than one image, and stays as it is\n',
    });
    expect(after).toBe(`# Ours.
apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata: { name: p }
spec:
  identity:
    # Who they run as.
    images:
      - { image: HOST/a, tags: "1", runAsUser: 1001, fsGroup: 5, source: USER 1001 in the image config of DIGEST, verified: TODAY } # the agent
      - image: HOST/b # another
        tags: "2"
        runAsUser: 2002
        runAsGroup: 3
        source: USER 2002:3 in the image config of DIGEST
        verified: TODAY
      - { image: "HOST/*", runAsUser: 1 }
  podSecurity: { level: baseline } # the level
`);
    expect(stdout).toContain(
      '-      - { image: HOST/a, tags: "1", runAsUser: 7, runAsGroup: 8, fsGroup: 5 } # the agent\n',
    );
    expect(stdout).toContain('+        runAsGroup: 3\n');
    expect(stdout).toMatch(/^--- a\/p\.yaml\n\+\+\+ b\/p\.yaml\n/);
  });

  test('adds the rows of images that are given', async () => {
    const { code, after } = await updated('      - { image: "HOST/*", runAsUser: 1 }', 'HOST/a:1');
    expect(code).toBe(0);
    expect(after).toContain('      - image: HOST/a\n        tags: "1"\n        runAsUser: 1001\n');
  });

  test('writes nothing with --dry-run', async () => {
    const { stdout, before, after } = await updated(ROWS, '', '--dry-run');
    expect(stdout).toContain('+      - { image: HOST/a, tags: "1", runAsUser: 1001');
    expect(after).toBe(before);
  });

  test('leaves a row as it is where the image has none any more, and exits with 2', async () => {
    const { code, stderr, after } = await updated(
      '      - { image: HOST/c, tags: "3", runAsUser: 7 }\n      - { image: HOST/a, tags: "1", runAsUser: 7 }',
    );
    expect(code).toBe(2);
    expect(stderr).toBe('sandgate: HOST/c:3: no row: it states no user, and so runs as root\n');
    expect(after).toContain('- { image: HOST/c, tags: "3", runAsUser: 7 }');
    expect(after).toContain('runAsUser: 1001');
  });

  test('is refused where there is no row to renew, or no policy', async () => {
    const none = await updated('      - { image: "HOST/*", runAsUser: 1 }');
    expect(none.code).toBe(2);
    expect(none.stderr).toContain('p.yaml: no row names one image');
    const cwd = folderWith({ 'x.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: { name: p }\n' });
    expect((await sandgate(cwd, 'users --update x.yaml')).stderr).toContain('x.yaml: no row names one image');
    expect((await sandgate(cwd, 'users')).stderr).toContain('no images given (expected for example');
    expect((await sandgate(cwd, 'users a --dry-run')).stderr).toContain('--dry-run without --update (expected both)');
  });
});

test('several images are asked for one by one, and one that fails hides none of the others', async () => {
  const { host } = await fakeRegistry({ 'a:1': imageOf('1'), 'b:1': imageOf('') });
  const printed = await sandgate(folderWith({}), `users ${host}/b:1 ${host}/none:1 ${host}/a:1 -o json`);
  expect(printed.code).toBe(2);
  const found = printed.json();
  expect(objectsIn(fieldAt(found, 'images')).map(({ runAsUser }) => runAsUser)).toEqual([1]);
  expect(objectsIn(fieldAt(found, 'withoutRow')).map(({ image }) => image)).toEqual([`${host}/b:1`, `${host}/none:1`]);
});
