// Compares two versions of Sandgate on files: one side, or both, are judged by another program.

import { keysOfPath } from '../../kubernetes/path-keys.ts';
import { isContext } from '../../library/offline/context.ts';
import { type Gap, gapsOf } from '../../library/offline/gaps/gaps.ts';
import { judge } from '../../library/offline/judge.ts';
import type { InputObject } from '../../library/offline/objects.ts';
import type { Result } from '../../report/shapes/result.ts';
import type { Unread } from '../../report/shapes/unread.ts';
import { auditOfFiles } from '../audit/from-files.ts';
import { controllerOf } from '../audit/owners.ts';
import { type Given, listOption } from '../command.ts';
import { lineOf } from '../inputs.ts';
import { type Io, say } from '../io.ts';
import type { ProgressLine } from '../progress.ts';
import type { ObjectSource } from '../sources/object-source.ts';
import { ChangeLedger } from './change-ledger.ts';
import type { Compared } from './compare-inputs.ts';
import { judgedByProgram } from './other-program.ts';
import { ResultsByObject } from './printed-results.ts';
import type { Sides } from './sides.ts';

/** Who judges for one side. */
interface Judge {
  /** Undefined where it has no result for the object. */
  resultOf(object: InputObject): Result | undefined;
  gapsOf(object: InputObject, result: Result): readonly Gap[];
  /** How many results it has for objects that were not asked for. */
  readonly left: number;
  readonly isIncomplete: boolean;
}

/** Compares what one or two other programs say of the objects of files. */
export async function comparePrograms(
  sides: Sides,
  source: ObjectSource,
  io: Io,
  progress: ProgressLine,
): Promise<Compared> {
  const from = await judgeOf(sides.from, sides.fromProgram, source, io);
  const to = await judgeOf(sides.to, sides.toProgram, source, io);
  const ledger = new ChangeLedger();
  const gaps = new Map<string, Gap>();
  const unread: Unread[] = [];
  const wanted = new Set(listOption(sides.to, 'namespace'));
  let read = 0;
  let single = 0;
  for await (const object of source.read((problem) => report(problem, unread, io))) {
    if (isContext(object)) continue;
    const [before, after] = [from.resultOf(object), to.resultOf(object)];
    const { namespace = '' } = after?.object ?? before?.object ?? {};
    if (wanted.size > 0 && !wanted.has(namespace)) continue;
    read++;
    if (!before || !after) {
      single++;
      continue;
    }
    for (const gap of [...from.gapsOf(object, before), ...to.gapsOf(object, after)]) gaps.set(gap.message, gap);
    ledger.add(before, after, controllerOf(object.value, namespace), JSON.stringify(after.object));
    progress.show(() => `compared ${ledger.judged}`);
  }
  progress.clear();
  single += from.left + to.left;
  if (single > 0) say(io, `of ${single} objects only one of the two programs printed a result: they were not compared`);
  const isIncomplete = single > 0 || from.isIncomplete || to.isIncomplete;
  return { ledger, read, gaps: [...gaps.values()], unread, isIncomplete };
}

function report(problem: Unread, unread: Unread[], io: Io): void {
  unread.push(problem);
  say(io, lineOf(problem));
}

async function judgeOf(given: Given, program: string | undefined, source: ObjectSource, io: Io): Promise<Judge> {
  if (program === undefined) return await thisProgram(given, source, io);
  const { results, isIncomplete } = await judgedByProgram(program, given, io);
  const byObject = new ResultsByObject(results);
  return {
    resultOf(object) {
      const printed = byObject.take(object);
      return printed && { ...printed, placeOf: (path) => object.locate(keysOfPath(path)) };
    },
    // It says so itself, and may judge what this program does not.
    gapsOf: () => [],
    get left() {
      return byObject.left;
    },
    isIncomplete,
  };
}

async function thisProgram(given: Given, source: ObjectSource, io: Io): Promise<Judge> {
  const { offline, assumed, isIncomplete } = await auditOfFiles(given, source, io);
  return {
    resultOf: (object) => judge(object, offline).result,
    gapsOf: (object, result) => gapsOf(object, result, offline.gate.policies, assumed),
    left: 0,
    isIncomplete,
  };
}
