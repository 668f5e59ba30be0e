// The next poll phase of the event loop, in which it reads whatever its connections have to say.
//
// Not `setImmediate`, whose phase comes after it: Node takes what is written there for unsent until the turn after, and a
// request that comes meanwhile on a connection whose last answer was longer than 16 KiB ends in `Parse Error: Paused`, and
// the connection with it (Node 24.21; onParserExecuteCommon in its lib/_http_server.js).
import { MessageChannel } from 'node:worker_threads';

let due: (() => void)[] = [];
let ring: (() => void) | undefined;

/** Runs a task there, which must not throw. */
export function inNextPoll(task: () => void): void {
  ring ??= bell();
  if (due.length === 0) ring();
  due.push(task);
}

/** A port to itself is the one thing that comes up in that phase and needs no I/O. */
function bell(): () => void {
  const { port1, port2 } = new MessageChannel();
  port1.on('message', () => {
    const tasks = due;
    due = [];
    for (const task of tasks) task();
  });
  port1.unref();
  return () => port2.postMessage(undefined);
}
