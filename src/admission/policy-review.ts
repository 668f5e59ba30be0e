// The answer of /validate-policy: an AdmissionReview about an object of one of our own kinds. What would not come into force
// is refused here, in the words of the command line, before anybody relies on it.
import { pathOfTokens } from '../kubernetes/field-path.ts';
import { ownField, sameJson } from '../model/json.ts';
import { shortLine } from '../model/one-line.ts';
import { displayName, type Subject } from '../model/subject.ts';
import { OWN_KINDS } from '../resources/index.ts';
import type { OwnKind } from '../resources/kind.ts';
import { problemsText, problemText } from '../resources/problem-text.ts';
import type { DocumentProblem } from '../resources/problems.ts';
import { orWords } from '../resources/words.ts';
import { qualifiedKind } from '../workloads/workload.ts';
import { decodeReview } from './decode.ts';
import { encodeFault } from './encode.ts';
import type { BadReview } from './handle.ts';
import { boundWarnings } from './limits.ts';
import { judgeOwn, type OwnSurroundings } from './own-kinds.ts';
import { type AdmissionReply, type AdmissionResponse, type RefusalStatus, replyWith } from './review.ts';

/** An answered review of an object of one of our own kinds. */
export interface AnsweredPolicyReview {
  readonly status: 200;
  readonly reply: AdmissionReply;
  readonly uid: string;
  readonly subject: Subject;
  readonly allowed: boolean;
  /** What was thrown, where a bug of ours kept us from judging; the object is then refused. */
  readonly fault?: unknown;
}

/** As for refused workloads. */
const MESSAGE_LIMIT = 8192;
const MOST_CAUSES = 100;
const CAUSE_LIMIT = 1024;
const NAME_LIMIT = 260;

/**
 * Answers a review of an object of ours. Never throws. A deletion passes, and so does an update that leaves the spec
 * alone: an object that was stored before the webhook was registered must still lose its finalizers. An object of any other
 * kind was sent here by mistake: it is answered with a 400, which does not admit it.
 */
export function reviewPolicy(body: unknown, surroundings: OwnSurroundings): BadReview | AnsweredPolicyReview {
  const review = decodeReview(body);
  if (!review.ok) return badReview(review.problem);
  const { uid, subject } = review;
  const kind = OWN_KINDS.find((own) => own.group === subject.kind.group && own.kind === subject.kind.kind);
  if (!kind) return badReview(strayProblem(subject));
  const { object, operation, subresource } = subject;
  if (object === undefined && operation !== 'DELETE' && subresource === '') {
    return badReview('request.object: expected an object, got nothing');
  }
  try {
    const response = respond(uid, subject, kind, surroundings);
    return { status: 200, reply: replyWith(response), uid, subject, allowed: response.allowed };
  } catch (fault) {
    return { status: 200, reply: encodeFault(uid, subject, fault, 'validate'), uid, subject, allowed: false, fault };
  }
}

function badReview(message: string): BadReview {
  return { status: 400, reply: { message } };
}

/** Why a review does not belong here. */
function strayProblem({ kind }: Subject): string {
  const found = shortLine(qualifiedKind(kind), NAME_LIMIT);
  return `request.kind: expected ${orWords(OWN_KINDS.map(qualifiedKind))}, got ${found}: workloads go to /validate`;
}

function respond(uid: string, subject: Subject, kind: OwnKind, surroundings: OwnSurroundings): AdmissionResponse {
  if (needsNoJudgement(subject)) return { uid, allowed: true };
  const { errors, warnings } = judgeOwn(kind, subject.object, surroundings);
  const allowed = errors.length === 0 || leavesSpecAlone(subject);
  if (!allowed) return { uid, allowed, status: refusal(subject, errors) };
  const said = boundWarnings([...errors, ...warnings].map((problem) => `${titleOf(subject)}: ${problemText(problem)}`));
  return { uid, allowed, ...(said.length > 0 && { warnings: said }) };
}

/** Status is written by us. Whether an object is being deleted is read from the stored one, not from what is sent. */
function needsNoJudgement({ operation, subresource, oldObject }: Subject): boolean {
  if (operation === 'DELETE' || subresource !== '') return true;
  return (ownField(ownField(oldObject, 'metadata'), 'deletionTimestamp') ?? null) !== null;
}

function leavesSpecAlone({ operation, object, oldObject }: Subject): boolean {
  if (operation !== 'UPDATE' || oldObject === undefined) return false;
  return sameJson(ownField(object, 'spec'), ownField(oldObject, 'spec'));
}

function refusal(subject: Subject, errors: readonly DocumentProblem[]): RefusalStatus {
  const head = `${titleOf(subject)} is invalid: `;
  return {
    status: 'Failure',
    reason: 'Invalid',
    code: 422,
    message: head + problemsText(errors, MESSAGE_LIMIT - head.length),
    details: {
      name: nameOf(subject),
      group: subject.kind.group,
      kind: subject.kind.kind,
      causes: errors.slice(0, MOST_CAUSES).map(({ keys, message }) => ({
        reason: 'FieldValueInvalid',
        message: shortLine(message, CAUSE_LIMIT),
        field: shortLine(pathOfTokens(keys), CAUSE_LIMIT),
      })),
    },
  };
}

/** `IsolationPolicy "agents"`. */
function titleOf(subject: Subject): string {
  return `${subject.kind.kind} "${nameOf(subject)}"`;
}

function nameOf(subject: Subject): string {
  return shortLine(displayName(subject), NAME_LIMIT);
}
