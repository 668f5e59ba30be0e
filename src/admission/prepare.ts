// What has to be found out before a review can be decided. Deciding itself never waits.
import type { Gate } from '../engine/gate.ts';
import type { Subject } from '../model/subject.ts';
import type { Webhook } from './review.ts';

/**
 * Asked about every review once it is decoded. Undefined where nothing is missing, which must cost next to nothing: a
 * review is then answered in one go, without a promise. Else a promise of the gate to decide by, which is `gate` itself or
 * one that knows more, but always by the same policies. It must settle soon, within the webhook's timeout by far, and it
 * must not reject: what could not be found out stays unknown, and the engine says what becomes of that.
 */
export type Prepare = (subject: Subject, gate: Gate, webhook: Webhook) => Promise<Gate> | undefined;
