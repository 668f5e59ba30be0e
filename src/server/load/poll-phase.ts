// The next poll phase of the event loop, in which Node runs the callbacks of I/O.
//
// `setImmediate` would be simpler, and is of no use here: its phase comes after the poll phase and after that in which Node
// notices that a write is done. An answer that is written there and is longer than a socket's high water mark still counts
// as unsent when the next request of that connection arrives. Node then pauses its parser while the rest of the request is
// already on the way, and ends the connection with `Parse Error: Paused` (Node 24.21, onParserExecuteCommon in
// lib/_http_server.js). test/server/review/large-answers.test.ts fails where an answer is written in another phase.
import { MessageChannel } from 'node:worker_threads';

let due: (() => void)[] = [];
let wake: (() => void) | undefined;

/** Runs a task in the next poll phase. The task must not throw. */
export function inNextPoll(task: () => void): void {
  wake ??= createWaker();
  if (due.length === 0) wake();
  due.push(task);
}

/** A message port that posts to itself: its messages arrive in the poll phase, and need no I/O. */
function createWaker(): () => void {
  const { port1, port2 } = new MessageChannel();
  port1.on('message', () => {
    const tasks = due;
    due = [];
    for (const task of tasks) task();
  });
  // It must not keep the process alive.
  port1.unref();
  return () => port2.postMessage(undefined);
}
