// Reviews that arrive in one turn of the event loop are worked on together, step by step: all are decided, then all answers
// are sent, then all are logged. The kernel, TLS, HTTP and the engine do not fit a processor's caches together; this way each
// step finds its code there for all reviews but the first.
//
// It saves a fifth to a third of the processor time of a review at 10 connections (a ratio of 1.24 to 1.31 without it,
// 2026-11-30, test/bench/trees.ts; docs/performance.md). It rests on the phases of Node's event loop: the poll phase runs the
// callbacks of all I/O that is ready, and what is posted to a message port meanwhile comes in the next one
// (https://nodejs.org/en/learn/asynchronous-work/event-loop-timers-and-nexttick). Nothing outside of this file depends on
// it: a batch that runs the steps of each piece at once would answer the same.
import type { ServerResponse } from 'node:http';
import type { Server } from 'node:https';
import { inNextPoll } from './poll-phase.ts';

/** Bounds what one batch holds in memory between its steps, and how long its first piece waits. */
const MOST_BYTES = 64 * 1024;

/** What is done with each piece of work, and what a batch has to know of it. */
export interface BatchWork<Piece> {
  /** In their order. None may throw: the pieces behind would be lost. */
  readonly steps: readonly ((piece: Piece) => void)[];
  /** The size of a piece, in bytes. */
  readonly bytes: (piece: Piece) => number;
  /** What answers a piece. */
  readonly response: (piece: Piece) => ServerResponse;
}

/** Where pieces of work are handed in. */
export interface TurnBatch<Piece> {
  /** Takes a piece, as its request arrives: worked on at the end of this turn of the loop, or as soon as there is enough. */
  readonly add: (piece: Piece) => void;
  /** The same from anywhere else, such as the end of a promise. */
  readonly addLater: (piece: Piece) => void;
}

/** A batch for the requests to a server. */
export function createTurnBatch<Piece>(server: Server, { steps, bytes, response }: BatchWork<Piece>): TurnBatch<Piece> {
  let waiting: Piece[] = [];
  let total = 0;
  let isScheduled = false;

  function workNow(): void {
    const pieces = waiting;
    waiting = [];
    total = 0;
    for (const step of steps) for (const piece of pieces) step(piece);
  }

  function endTurn(): void {
    isScheduled = false;
    workNow();
  }

  function add(piece: Piece): void {
    const size = bytes(piece);
    if (total + size > MOST_BYTES) workNow();
    waiting.push(piece);
    total += size;
    if (total > MOST_BYTES || isPipelined(response(piece))) {
      workNow();
    } else if (!isScheduled) {
      isScheduled = true;
      inNextPoll(endTurn);
    }
  }

  // A client may close its side of the connection once it has asked. Node then ends the connection in its own listener for
  // this event, so what waits has to be answered before that.
  server.on('secureConnection', (socket) => socket.prependListener('end', workNow));
  return { add, addLater: (piece) => inNextPoll(() => add(piece)) };
}

/**
 * True where an earlier request of the same connection has no answer yet, since only the first one's response has the
 * socket. Node keeps the answers to pipelined requests until it is their turn, and stops reading once they come to its high
 * water mark, which can end the connection as `inNextPoll` says. So none is left to wait.
 */
function isPipelined({ socket }: ServerResponse): boolean {
  return socket === null;
}
