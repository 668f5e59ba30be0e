// Looks up what is needed before a review can be decided. Deciding itself never waits.
import type { Gate } from '../engine/gate.ts';
import type { Subject } from '../model/subject.ts';
import type { Webhook } from './review.ts';

/**
 * Called for every review once it is decoded. Returns undefined where nothing has to be looked up, which must cost almost
 * nothing: the review is then answered without a promise. Otherwise it returns a promise of the gate to decide by: `gate`
 * itself, or one that knows more, and has the same policies unless newer ones were looked up for it. The promise must resolve well within the webhook's timeout, and
 * must not reject: what could not be looked up stays unknown, and the engine decides what follows from that.
 */
export type Prepare = (subject: Subject, gate: Gate, webhook: Webhook) => Promise<Gate> | undefined;
