// `sandgate playground`: it serves the files of the build on loopback, and nothing else.
import { expect, onTestFinished, test } from 'vitest';
import { playgroundFiles } from '../../src/cli/playground/files.ts';
import { type Served, servePlayground } from '../../src/cli/playground/server.ts';
import { folderWith, sandgate } from '../cli/console.ts';

const PAGE = { 'index.html': '<p>page</p>', 'playground.js': '1', 'playground.css': 'p {}', 'other.bin': 'x' };

async function served(): Promise<Served> {
  const server = await servePlayground(await playgroundFiles([folderWith({}), folderWith(PAGE)]), 0);
  onTestFinished(() => server.close());
  return server;
}

test('the page is served at the root and by its name, with headers that keep other pages away', async () => {
  const { url } = await served();
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
  for (const path of ['', 'index.html', '?again']) {
    const response = await fetch(url + path);
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('<p>page</p>');
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
  }
  const script = await fetch(`${url}playground.js`, { method: 'HEAD' });
  expect([script.headers.get('content-type'), await script.text()]).toEqual(['text/javascript; charset=utf-8', '']);
});

test.each(['other.bin', 'missing.html', '%2e%2e/package.json', '..%2fpackage.json', '/index.html'])(
  'nothing is served at %s',
  async (path) => {
    const { url } = await served();
    expect((await fetch(`${url}${path}`)).status).toBe(404);
  },
);

test('only GET and HEAD are answered', async () => {
  const { url } = await served();
  const response = await fetch(url, { method: 'POST', body: 'x' });
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
});

test('a playground that was not built is refused with what to do', async () => {
  await expect(playgroundFiles([folderWith({})])).rejects.toThrow(
    /^the playground has not been built: in a checkout, run npm run build first .*\nlooked for .*index\.html$/,
  );
});

test('a port that is taken is refused with its address', async () => {
  const { url } = await served();
  await expect(servePlayground(new Map(), Number(new URL(url).port))).rejects.toThrow(
    /^cannot listen on 127\.0\.0\.1:\d+: the port is in use \(expected a free port: --port 0 takes any\)$/,
  );
});

test('what is not a port is a mistake in the command line', async () => {
  const printed = await sandgate('/', 'playground --port 70000');
  expect(printed.code).toBe(2);
  expect(printed.stderr).toContain('(expected a number from 0 to 65535)');
});
