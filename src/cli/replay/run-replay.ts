// Judges the requests of audit logs, one after the other, as the webhook would judge them today.
import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Gap, gapsOf } from '../../library/offline/gaps/gaps.ts';
import { judgeRequest, type OfflineContext } from '../../library/offline/judge.ts';
import type { InputObject } from '../../library/offline/objects.ts';
import { reasonOf } from '../../manifests/files.ts';
import type { SkipCode } from '../../model/decision.ts';
import { type JsonObject, ownField, stringField } from '../../model/json.ts';
import { sortBytewise } from '../../model/text.ts';
import type { Unread } from '../../report/shapes/unread.ts';
import type { Io } from '../io.ts';
import type { ProgressLine } from '../progress.ts';
import { EMPTY_PATH, STDIN } from '../read-files.ts';
import { chunksOf, inflated } from '../sources/chunks.ts';
import { changesNothing, eventsOf, type LoggedRequest, readEvent } from './event.ts';
import { LastKnown } from './last-known.ts';
import { lineBatches } from './log-lines.ts';
import { RequestLedger } from './request-ledger.ts';

/** What a replay works with. */
export interface ReplayInput {
  readonly offline: OfflineContext;
  /** The namespaces whose labels were assumed; grows. */
  readonly assumed: ReadonlySet<string>;
  /** Told of what could not be read. */
  readonly onUnread: (unread: Unread) => void;
}

/** What stands for one request, wherever it is judged: `compare` judges each twice. */
export type OnRequest = (request: LoggedRequest, object: InputObject, old: JsonObject | undefined) => void;

const OLD_UNKNOWN =
  'the log does not have the object as it was before this update: what it violated then counts as new, and the webhook would let it pass';
const OLD_GAP: Gap = {
  message: OLD_UNKNOWN,
  line: 'some updates are denied for what may have been there before: the log does not have the objects as they were',
  isNote: true,
};

/** Files whose names end like this are logs, in a folder. */
const LOG = /\.(?:log|jsonl?|ndjson)(?:\.gz)?$|\.gz$/;

/** One log: its name, its size where it is known, and its bytes. */
interface LogFile {
  readonly file: string;
  readonly size: number;
  readonly chunks: (onRead: (bytes: number) => void) => AsyncIterable<Uint8Array | string>;
}

/** Judges every request of the logs. */
export async function runReplay(
  paths: readonly string[],
  input: ReplayInput,
  io: Io,
  progress: ProgressLine,
): Promise<RequestLedger> {
  const ledger = new RequestLedger();
  const { offline, assumed } = input;
  const { policies } = offline.gate;
  await eachRequest(paths, policies.workloads, { input, io, progress, ledger }, (request, object, old) => {
    const { result } = judgeRequest(offlineRequest(request, object, old), offline);
    const gaps = gapsOf(object, result, policies, assumed);
    const isAlone = request.subject.operation === 'UPDATE' && !old && result.verdict === 'denied';
    if (isAlone) ledger.add(request, { ...result, warnings: [...result.warnings, OLD_UNKNOWN] }, [...gaps, OLD_GAP]);
    else ledger.add(request, result, gaps);
  });
  progress.clear();
  return ledger;
}

/** The request as the engine takes it, with the old object beside it. */
export function offlineRequest(
  { subject, stored }: LoggedRequest,
  object: InputObject,
  old: JsonObject | undefined,
): Parameters<typeof judgeRequest>[0] {
  // Only the API server writes it, and this is what it answered.
  const isEnding =
    subject.operation === 'UPDATE' &&
    subject.subresource === '' &&
    stringField(ownField(stored, 'metadata'), 'deletionTimestamp') !== undefined;
  const unjudged: SkipCode | undefined = isEnding ? 'being-deleted' : undefined;
  return { object, subject: { ...subject, oldObject: old }, unjudged, fillIn: true };
}

/** What {@link eachRequest} reports to. */
export interface Replaying {
  readonly input: Pick<ReplayInput, 'onUnread'>;
  readonly io: Io;
  readonly progress: ProgressLine;
  readonly ledger: Pick<RequestLedger, 'passOver' | 'leaveOut' | 'count'>;
}

/** Calls back with every request that can be judged, in the order of the logs. */
export async function eachRequest(
  paths: readonly string[],
  workloads: Parameters<typeof readEvent>[1],
  { input, io, progress, ledger }: Replaying,
  onRequest: OnRequest,
): Promise<void> {
  const logs = logsAt(paths, io, input.onUnread);
  const total = logs.reduce((sum, { size }) => sum + size, 0);
  const known = new LastKnown();
  let done = 0;
  for (const { file, chunks } of logs) {
    const odd: number[] = [];
    const onTooLong = (line: number): void => void odd.push(line);
    try {
      for await (const { first, lines } of lineBatches(inflated(chunks((bytes) => (done += bytes))), onTooLong)) {
        for (const [index, line] of lines.entries()) {
          const events = line === '' || line.trim() === '' ? [] : valuesIn(line);
          if (!events) odd.push(first + index);
          else for (const event of events) take(event, line.length, { file, line: first + index });
        }
        progress.show(
          () => `${total > 0 ? `${Math.floor((done / total) * 100)}%, ` : ''}${ledger.count} requests judged`,
        );
      }
    } catch (error) {
      // Without the code of a system call, or of zlib, it is a bug of ours.
      if (!(error instanceof Error) || !('code' in error)) throw error;
      input.onUnread({ message: `${file}: ${reasonOf(error)}: what follows was not judged` });
    }
    if (odd.length > 0) input.onUnread(oddLines(file, odd));

    function valuesIn(text: string): readonly unknown[] | undefined {
      if (changesNothing(text)) {
        ledger.passOver();
        return [];
      }
      try {
        return eventsOf(JSON.parse(text));
      } catch {
        return undefined;
      }
    }

    function take(event: unknown, size: number, place: { readonly file: string; readonly line: number }): void {
      const read = readEvent(event, workloads);
      if (read.is === 'no-event') odd.push(place.line);
      else if (read.is === 'unjudged') ledger.leaveOut(read.why);
      else if (read.is === 'request') {
        const { request } = read;
        const old = request.subject.operation === 'UPDATE' ? known.get(request.key) : undefined;
        onRequest(request, inputOf(request, place), old);
        if (request.stored && request.key !== '') known.put(request.key, request.stored, size);
      } else {
        ledger.passOver();
        if (read.is === 'deleted') known.delete(read.key);
      }
    }
  }
}

function inputOf(
  { subject, apiVersion, object }: LoggedRequest,
  { file, line }: { readonly file: string; readonly line: number },
): InputObject {
  const place = { file, line, column: 1 };
  return { file, document: 1, line, apiVersion, kind: subject.kind, value: object, keys: [], locate: () => place };
}

function oddLines(file: string, lines: readonly number[]): Unread {
  const [first = 0, ...others] = lines;
  const more = others.length === 0 ? '' : ` (and ${others.length} more lines)`;
  const message = `not an event of an audit log, or only a part of one${more}: not judged (expected a JSON object of audit.k8s.io on each line)`;
  return { message, place: { file, line: first, column: 1 } };
}

function logsAt(paths: readonly string[], io: Io, onUnread: (unread: Unread) => void): readonly LogFile[] {
  return paths.flatMap((path): readonly LogFile[] => {
    if (path === STDIN) return [{ file: STDIN, size: 0, chunks: () => io.stdin }];
    if (path === '') {
      onUnread({ message: EMPTY_PATH });
      return [];
    }
    try {
      const stats = statSync(resolve(io.cwd, path));
      if (!stats.isDirectory()) return [logAt(path, stats.size, io)];
      const names = readdirSync(resolve(io.cwd, path)).filter((name) => LOG.test(name));
      if (names.length === 0)
        onUnread({ message: `${path}: no audit logs in this folder (expected .log, .json or .gz files)` });
      // The names of rotated logs have the time in them, and the one that is written to comes last.
      return sortBytewise(names).map((name) => logAt(join(path, name), statSync(resolve(io.cwd, path, name)).size, io));
    } catch (error) {
      onUnread({ message: `${path}: ${reasonOf(error)}` });
      return [];
    }
  });
}

function logAt(file: string, size: number, { cwd }: Io): LogFile {
  return { file, size, chunks: (onRead) => chunksOf(resolve(cwd, file), onRead) };
}
