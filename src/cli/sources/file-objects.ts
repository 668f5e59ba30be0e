// The objects of files. Large ones are read piece by piece, as they come from the disk.
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type InputObject, objectsIn, parseFiles } from '../../library/offline/objects.ts';
import { decodeText } from '../../manifests/decode.ts';
import { reasonOf } from '../../manifests/files.ts';
import { LARGE } from '../../manifests/json.ts';
import { parseManifest } from '../../manifests/manifest.ts';
import type { Piece } from '../../manifests/pieces/piece.ts';
import { piecesOf } from '../../manifests/pieces/split.ts';
import type { Place, Problem } from '../../manifests/source.ts';
import { UsageError } from '../exit.ts';
import { type Manifests, objectsOf, readManifests } from '../inputs.ts';
import type { Io } from '../io.ts';
import { STDIN } from '../read-files.ts';
import { chunksOf } from './chunks.ts';
import type { ObjectSource, OnUnread } from './object-source.ts';

/** A large file, which can be read more than once. */
interface LargeFile {
  readonly file: string;
  readonly chunks: () => AsyncIterable<Uint8Array>;
}

/** The objects of everything that `-f` named, folders and standard input among it. */
export async function fileObjects(paths: readonly string[], ignore: readonly string[], io: Io): Promise<ObjectSource> {
  const large: LargeFile[] = [];
  const others: string[] = [];
  for (const path of new Set(paths)) {
    if (path === STDIN) continue;
    if (isLarge(resolve(io.cwd, path))) large.push(onDisk(path, io));
    else others.push(path);
  }
  const manifests: Manifests[] = [await readManifests(others, ignore, io)];
  if (paths.includes(STDIN)) {
    const stdin = await readStandardInput(io);
    if ('chunks' in stdin) large.push(stdin);
    else manifests.push(stdin);
  }
  return {
    async *read(onUnread, mayMatter = () => true) {
      for (const { files, problems } of manifests) {
        for (const problem of problems) onUnread(problem);
        yield* objectsOf(files);
      }
      for (const file of large) yield* objectsOfLarge(file, onUnread, mayMatter);
    },
  };
}

/** What to say where none of the objects that were read is one to judge. */
export function noObjectsIn(paths: readonly string[], namespaces: readonly string[]): UsageError {
  const where = namespaces.length === 0 ? '' : `, of namespace ${namespaces.join(' or ')}`;
  return new UsageError(`no Kubernetes objects to judge in ${paths.join(', ')}${where} (expected at least one)`);
}

function isLarge(path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats?.isFile() === true && stats.size >= LARGE;
}

function onDisk(path: string, { cwd }: Io): LargeFile {
  return { file: path, chunks: () => chunksOf(resolve(cwd, path)) };
}

/** It can be read only once: its bytes are kept, which take less than what they say. */
async function readStandardInput({ stdin }: Io): Promise<LargeFile | Manifests> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of stdin) {
      const buffer = Buffer.from(chunk);
      bytes += buffer.length;
      chunks.push(buffer);
    }
    if (bytes >= LARGE) return { file: STDIN, chunks: () => kept(chunks) };
    const { files, problems } = parseFiles([{ file: STDIN, text: decodeText(Buffer.concat(chunks)) }]);
    return { files, problems: problems.map(({ message, ...place }) => ({ message, place })) };
  } catch (error) {
    return { files: [], problems: [{ message: `${STDIN}: ${reasonOf(error)}` }] };
  }
}

async function* kept(chunks: readonly Buffer[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

async function* objectsOfLarge(
  { file, chunks }: LargeFile,
  onUnread: OnUnread,
  mayMatter: (text: string) => boolean,
): AsyncGenerator<InputObject> {
  const report = ({ message, ...place }: Problem): void => onUnread({ message, place });
  try {
    for await (const piece of piecesOf(chunks(), file, report)) {
      if (mayMatter(piece.text)) yield* objectsOfPiece(piece, file, report);
    }
  } catch (error) {
    // Without the code of a system call it is a bug of ours.
    if (!(error instanceof Error) || !('code' in error)) throw error;
    onUnread({ message: `${file}: ${reasonOf(error)}` });
  }
}

/** Every place in the object is that of its first line: places of fields would take the slow reader. */
function objectsOfPiece(piece: Piece, file: string, report: (problem: Problem) => void): readonly InputObject[] {
  const { documents, problems } = parseManifest(piece.text, file, { fastFrom: 0, isOneObject: true });
  for (const problem of problems) report({ ...problem, line: problem.line + piece.line - 1 });
  const place: Place = { file, line: piece.line, column: 1 };
  const found: Problem[] = [];
  const objects = documents.flatMap(({ value }) =>
    objectsIn(value, piece.keys, { file, number: piece.document, locate: () => place }, found),
  );
  for (const problem of found) report(problem);
  return objects;
}
