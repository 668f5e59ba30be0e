// Image references, by the grammar and the normalisation of the distribution project.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseImage } from '../../src/images/image-reference.ts';
import { randomCases } from '../support/random-cases.ts';

const SHA = `sha256:${'0123456789abcdef'.repeat(4)}`;

test.each([
  ['nginx', { repository: 'docker.io/library/nginx', tag: 'latest' }],
  ['nginx:1.27', { repository: 'docker.io/library/nginx', tag: '1.27' }],
  ['docker.io/nginx', { repository: 'docker.io/library/nginx', tag: 'latest' }],
  ['index.docker.io/library/nginx', { repository: 'docker.io/library/nginx', tag: 'latest' }],
  ['bitnami/redis', { repository: 'docker.io/bitnami/redis', tag: 'latest' }],
  ['docker.io/a/b/c:x', { repository: 'docker.io/a/b/c', tag: 'x' }],
  ['ghcr.io/kagent-dev/kagent/app:v0.10.0-rc3', { repository: 'ghcr.io/kagent-dev/kagent/app', tag: 'v0.10.0-rc3' }],
  ['GHCR.io/x/y', { repository: 'ghcr.io/x/y', tag: 'latest' }],
  ['Host/x', { repository: 'host/x', tag: 'latest' }],
  ['localhost/app', { repository: 'localhost/app', tag: 'latest' }],
  ['localhost:5000/app:1', { repository: 'localhost:5000/app', tag: '1' }],
  ['localhost:5000', { repository: 'docker.io/library/localhost', tag: '5000' }],
  ['10.0.0.1:5000/app', { repository: '10.0.0.1:5000/app', tag: 'latest' }],
  ['[fd00::1]:5000/app', { repository: '[fd00::1]:5000/app', tag: 'latest' }],
  [`app@${SHA}`, { repository: 'docker.io/library/app', digest: SHA }],
  [`r.io/app:1.0@${SHA}`, { repository: 'r.io/app', tag: '1.0', digest: SHA }],
  [`app@sha512:${'a'.repeat(128)}`, { repository: 'docker.io/library/app', digest: `sha512:${'a'.repeat(128)}` }],
  ['a__b/c-d--e.f_g:_T', { repository: 'docker.io/a__b/c-d--e.f_g', tag: '_T' }],
  [`app:${'t'.repeat(128)}`, { repository: 'docker.io/library/app', tag: 't'.repeat(128) }],
])('the reference %s is read', (text, expected) => {
  expect(parseImage(text)).toEqual(expected);
});

describe('what is no reference', () => {
  const texts = [
    ['', ' ', ':', '@', '/', 'a/', '/a', 'a//b', ' nginx', 'nginx ', 'ng inx', 'nginx\n', 'Nginx', 'ghcr.io/App'],
    ['app:', 'app:.x', 'app:-x', 'app:a b', 'app:a:b', `app:${'t'.repeat(129)}`, 'app:é'],
    ['app@', 'app@sha256:abc', `app@${SHA.toUpperCase()}`, `app@md5:${'a'.repeat(32)}`, `app@${SHA}@${SHA}`],
    ['a..b', 'a._b', 'a___b', 'a-_b', '-a', 'a-', '.a', 'a/_b', 'a_/b'],
    ['-x.io/a', 'x.io-/a', 'x..io/a', 'x.io:port/a', 'x.io:/a', '.io/a', 'x_y.io/a', '[zz]:1/a', 'a.io'.concat('/')],
    ['0123456789abcdef'.repeat(4), 'a'.repeat(300), 'http://x.io/a', '*', 'nginx*', '__proto__', '🦀'],
  ].flat();

  test.each(texts)('the text %j is not a reference', (text) => {
    expect(parseImage(text)).toBeUndefined();
  });
});

test('a megabyte is refused at once', () => {
  const hostile = ['a', '/', ':', '@', '-', 'a.', 'a/', '_'].map((piece) => piece.repeat(1 << 20));
  const start = performance.now();
  for (const text of hostile) expect(parseImage(text)).toBeUndefined();
  expect(performance.now() - start).toBeLessThan(100);
});

test('the longest that is read takes no time either', () => {
  const pieces = ['a', 'a-', 'a.', 'a/', '_', 'a_', '--', '1:'];
  const start = performance.now();
  for (const piece of pieces) {
    const text = piece.repeat(4096 / piece.length);
    for (const shape of [text, `${text.slice(0, 4000)}!`, `x.io/${text.slice(0, 4000)}`, `x:${text.slice(0, 4000)}`]) {
      parseImage(shape);
    }
  }
  expect(performance.now() - start).toBeLessThan(100);
});

test('what is read, read again, is the same', () => {
  const piece = fc.stringMatching(/^[a-z0-9._:/@*-]{0,20}$/);
  fc.assert(
    fc.property(piece, (text) => {
      const { repository, tag, digest } = parseImage(text) ?? {};
      if (repository === undefined) return;
      const again = repository + (tag === undefined ? '' : `:${tag}`) + (digest === undefined ? '' : `@${digest}`);
      expect(parseImage(again)).toEqual(parseImage(text));
    }),
    { numRuns: randomCases(5000) },
  );
});
