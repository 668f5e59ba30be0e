// Large files, piece by piece: the pieces are the objects that the reader of whole files finds, wherever the bytes are cut.
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { parseFiles } from '../../../src/library/offline/objects.ts';
import type { Piece } from '../../../src/manifests/pieces/piece.ts';
import { piecesOf } from '../../../src/manifests/pieces/split.ts';
import type { Problem } from '../../../src/manifests/source.ts';

const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'a "quoted\\ name', annotations: { items: '[{"}]', text: '- one\n---\nitems:\n- two\n' } },
  spec: { containers: [{ name: 'ü', image: 'a', args: [['x'], { items: [1] }] }] },
};
const LIST = {
  apiVersion: 'v1',
  items: [
    POD,
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'b' }, data: { items: '[' } },
    structuredClone(POD),
  ],
  kind: 'List',
  metadata: { resourceVersion: '' },
};

interface Split {
  readonly pieces: readonly Piece[];
  readonly problems: readonly Problem[];
}

/** @param size of the chunks in which the bytes come */
async function split(text: string | Uint8Array, size = 7): Promise<Split> {
  const bytes = Buffer.from(text);
  async function* chunks(): AsyncGenerator<Uint8Array> {
    // Whoever reads a file uses the same room for each chunk.
    const room = Buffer.alloc(size);
    for (let at = 0; at < bytes.length; at += size) yield room.subarray(0, bytes.copy(room, 0, at, at + size));
  }
  const problems: Problem[] = [];
  const pieces: Piece[] = [];
  for await (const piece of piecesOf(chunks(), 'f', (problem) => problems.push(problem))) pieces.push(piece);
  return { pieces, problems };
}

/** What whole files hold, and what the pieces of the same text hold: value and line. */
async function both(text: string, size?: number): Promise<readonly [unknown, unknown]> {
  const whole = parseFiles([{ file: 'f', text }]);
  const { pieces, problems } = await split(text, size);
  const parts = pieces.flatMap(({ text: piece, line, keys }) => {
    const [file] = parseFiles([{ file: 'f', text: piece }]).files;
    // Of a document that is a comment nothing is left.
    return file?.documents[0] ? [{ value: file.documents[0].value, line, keys }] : [];
  });
  const objects = whole.files.flatMap((file) => file.documents.flatMap((document) => document.objects));
  return [
    { objects: objects.map(({ value, line, keys }) => ({ value, line, keys })), problems: whole.problems },
    { objects: parts, problems },
  ];
}

/** Documents that each end in a text whose last line feed is part of it. */
const ENDING_IN_TEXT = ['a', 'b', 'c']
  .map((name) => `---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata:\n  x: |\n    one\n    two\n`)
  .join('');

const TEXTS = {
  'a List as kubectl prints it in JSON': JSON.stringify(LIST, null, 4),
  'a List in JSON on one line': JSON.stringify(LIST),
  'a List in JSON with its kind first': JSON.stringify({ kind: 'PodList', apiVersion: 'v1', items: [POD] }, null, 2),
  'an empty List in JSON': JSON.stringify({ ...LIST, items: [] }),
  'objects of JSON one after the other': `${JSON.stringify(POD, null, 2)}\n${JSON.stringify(LIST, null, 2)}\n`,
  'one object of JSON': JSON.stringify(POD, null, 2),
  'a List as kubectl prints it in YAML': stringify(LIST, { indentSeq: false }),
  'a List in YAML with indented items': stringify(LIST, { indentSeq: true }),
  'documents of YAML': `# first\n---\n${stringify(POD)}---\n${stringify(LIST, { indentSeq: false })}`,
  'documents with the line ends of Windows': ENDING_IN_TEXT.replaceAll('\n', '\r\n'),
  'a List with the line ends of Windows': stringify(LIST).replaceAll('\n', '\r\n'),
  'documents that end in a text of several lines': ENDING_IN_TEXT,
  'a List whose items end in a text of several lines': `apiVersion: v1\nkind: List\nitems:\n${ENDING_IN_TEXT.replaceAll(
    '---\n',
    '',
  )
    .replaceAll(/^(?=.)/gm, '  ')
    .replaceAll('  apiVersion', '- apiVersion')}`,
} as const;

describe.each(Object.entries(TEXTS))('a text: %s', (_, text) => {
  test.each([1, 2, 3, 64, 100_000])('holds the same objects in pieces, from chunks of %d bytes', async (size) => {
    const [whole, pieces] = await both(text, size);
    expect(pieces).toEqual(whole);
  });
});

test.each([
  ['a List in JSON that ends early', JSON.stringify(LIST).slice(0, -40), 'ends in the middle of an object'],
  ['JSON with an item that is not an object', '{"kind":"List","items":[{"a":1}, 3]}', 'not an object'],
  ['JSON with a list as an item', '{"kind":"List","items":[[{"a":1}]]}', 'not an object'],
  ['JSON with two lists of items', '{"kind":"List","items":[],"items":[{"a":1}]}', 'a second list of items'],
  ['JSON of a kind that is not a List', '{"kind":"Odd","items":[{"a":1}]}', 'its kind is not a List'],
  ['JSON followed by something else', '{"kind":"List","items":[]}, 1', 'not a JSON object'],
  ['YAML of a kind that is not a List', 'kind: Odd\nitems:\n- a: 1\n', 'its kind is not a List'],
  ['YAML without a kind', 'items:\n- a: 1\n', 'its kind is not a List'],
  ['YAML that is not UTF-8', Buffer.from([0x61, 0x3a, 0x20, 0xff, 0x0a]), 'expected UTF-8'],
])('%s has a problem and is not passed over', async (_, text, message) => {
  const { problems } = await split(text);
  expect(problems.map((problem) => problem.message).join('\n')).toContain(message);
});

test('an item that ends in the middle of a file is not among the pieces', async () => {
  const { pieces } = await split('{"kind":"List","items":[{"a":1},{"b":2,');
  expect(pieces.map(({ text }) => text)).toEqual(['{"a":1}']);
});
