// What became of an attempt: whether the server let it in, who refused it, and in which words.
import { stringField } from '../../../src/model/json.ts';
import type { KubeReply } from '../control-plane/kube-http.ts';
import { CONTROLLER_REFUSED_BY_US, REFUSED_BY_US } from './workloads.ts';

/** Whether somebody refused, and who. */
export type Verdict = 'refused' | 'refused by Kubernetes' | 'let in';

export interface Answer {
  readonly verdict: Verdict;
  /** The server's message; its warnings where it let the attempt in. */
  readonly message: string;
}

/** What the server said, in these terms. */
export function answerOf({ status, body, warnings }: KubeReply): Answer {
  if (status < 300) return { verdict: 'let in', message: warnings.join('; ') };
  return refusal(stringField(body, 'message') ?? '');
}

/** A refusal, wherever it was read. */
export function refusal(message: string): Answer {
  const isOurs = [REFUSED_BY_US, CONTROLLER_REFUSED_BY_US].some((begin) => message.includes(begin));
  return { verdict: isOurs ? 'refused' : 'refused by Kubernetes', message };
}
