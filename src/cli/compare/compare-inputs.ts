// Judges each object, or each request of an audit log, by the old policies and by the new ones.
import { enforcementByRow } from '../../engine/gate.ts';
import { type Gap, gapsOf } from '../../library/offline/gaps/gaps.ts';
import { judge, judgeRequest } from '../../library/offline/judge.ts';
import type { InputObject } from '../../library/offline/objects.ts';
import { subjectOf } from '../../library/offline/subject.ts';
import { displayName } from '../../model/subject.ts';
import type { PolicySet } from '../../policy/policy.ts';
import type { Result } from '../../report/shapes/result.ts';
import type { Unread } from '../../report/shapes/unread.ts';
import { withOwnRows } from '../../workloads/index.ts';
import type { AuditInput } from '../audit/audit-input.ts';
import { controllerOf } from '../audit/owners.ts';
import { type Given, listOption } from '../command.ts';
import { type Described, describedBy, lineOf, objectsOf, readObjects } from '../inputs.ts';
import { type Io, say } from '../io.ts';
import { policiesFrom } from '../policies.ts';
import type { ProgressLine } from '../progress.ts';
import { eachRequest, offlineRequest } from '../replay/run-replay.ts';
import { unjudgedGaps } from '../replay/unjudged.ts';
import { ChangeLedger } from './change-ledger.ts';
import { type Sides, unreadOfBoth } from './sides.ts';

/** What a comparison found, and what it could not look at. */
export interface Compared {
  readonly ledger: ChangeLedger;
  /** How many objects or requests were read, judged or not. */
  readonly read: number;
  readonly gaps: readonly Gap[];
  readonly unread: readonly Unread[];
  readonly isIncomplete: boolean;
}

/** Compares objects of files or of a cluster. Both sides have the same objects: those of the new one are gone through. */
export async function compareObjects(
  from: AuditInput,
  to: AuditInput,
  namespaces: readonly string[],
  progress: ProgressLine,
): Promise<Compared> {
  const ledger = new ChangeLedger();
  const gaps = new Map<string, Gap>();
  const wanted = new Set(namespaces);
  let read = 0;
  for await (const object of to.objects()) {
    const { offline } = to;
    const subject = subjectOf(object, offline.namespace, offline.user, offline.gate.policies.workloads);
    if (wanted.size > 0 && !wanted.has(subject.namespace)) continue;
    read++;
    const results = [];
    for (const side of [from, to]) {
      const gate = (await side.prepare?.(subject, side.offline.gate, 'validate')) ?? side.offline.gate;
      results.push(judge(object, { ...side.offline, gate }).result);
    }
    const [before, after] = results;
    if (!before || !after) continue;
    addGaps(gaps, object, before, from);
    addGaps(gaps, object, after, to);
    ledger.add(before, after, controllerOf(object.value, subject.namespace), displayName(subject));
    progress.show(() => `compared ${ledger.judged}`);
  }
  progress.clear();
  return {
    ledger,
    read,
    gaps: [...gaps.values()],
    unread: unreadOfBoth(from.unread, to.unread),
    isIncomplete: from.isIncomplete || to.isIncomplete,
  };
}

/** Compares the requests of audit logs. */
export async function compareRequests(
  paths: readonly string[],
  sides: Sides,
  io: Io,
  progress: ProgressLine,
): Promise<Compared> {
  const from = await describedSide(sides.from, io);
  const to = await describedSide(sides.to, io);
  const ledger = new ChangeLedger();
  const gaps = new Map<string, Gap>();
  const unread: Unread[] = [];
  const unjudged: Record<string, number> = {};
  let read = 0;
  const onUnread = (problem: Unread): void => {
    progress.clear();
    unread.push(problem);
    say(io, lineOf(problem));
  };
  const told = {
    passOver: () => {},
    leaveOut(why: string) {
      unjudged[why] = (unjudged[why] ?? 0) + 1;
    },
    get count() {
      return ledger.judged;
    },
  };
  const workloads = kindsOfBoth(from.offline.gate.policies, to.offline.gate.policies);
  await eachRequest(paths, workloads, { input: { onUnread }, io, progress, ledger: told }, (request, object, old) => {
    const asked = offlineRequest(request, object, old);
    const before = judgeRequest(asked, from.offline).result;
    const after = judgeRequest(asked, to.offline).result;
    read++;
    addGaps(gaps, object, before, from);
    addGaps(gaps, object, after, to);
    const { subject } = request;
    const name = JSON.stringify([displayName(subject), subject.operation, subject.subresource]);
    ledger.add(before, after, controllerOf(request.object, subject.namespace), name);
  });
  progress.clear();
  return {
    ledger,
    read,
    gaps: [...gaps.values(), ...unjudgedGaps(unjudged)],
    unread,
    isIncomplete: from.isIncomplete || to.isIncomplete,
  };
}

/** What the verdict of one side does not cover: a change may only seem to be one. */
function addGaps(
  gaps: Map<string, Gap>,
  object: InputObject,
  result: Result,
  { offline, assumed }: Pick<Described, 'offline' | 'assumed'>,
): void {
  for (const gap of gapsOf(object, result, offline.gate.policies, assumed)) gaps.set(gap.message, gap);
}

/** As in `replay`: the webhook lets a Deployment in with warnings, and its pods are requests of their own. */
async function describedSide(given: Given, io: Io): Promise<Described> {
  const judging = await policiesFrom(listOption(given, 'policies'), io, { namespace: 'default' });
  const context = objectsOf(await readObjects(listOption(given, 'context'), io));
  const described = describedBy(given, io, judging, context);
  const gate = { ...described.offline.gate, enforcement: enforcementByRow };
  return { ...described, offline: { ...described.offline, gate } };
}

/** Requests for a kind matter where one of the sides knows it. */
function kindsOfBoth(from: PolicySet, to: PolicySet): PolicySet['workloads'] {
  return withOwnRows([...from.workloads.own, ...to.workloads.own]);
}
