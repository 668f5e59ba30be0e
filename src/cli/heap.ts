// A limit for V8's heap that goes badly with the room it keeps for new objects.

/** Of the whole heap, in bytes: 512 MB for old objects, and the 192 MB for new ones that Node 24 takes where memory is ample. */
const LEAST = (512 + 192) * 1024 * 1024;
const LIMIT = 'max-old-space-size';
const ROOM = 'max-semi-space-size';

/**
 * Why a server should not start with these settings of Node; undefined where it may. A limit for old objects leaves the room for
 * new ones as it is, and that depends on the machine: on a large one it is 192 MB, and beside a limit of 128 MB V8 collected the
 * whole heap every 30 ms for ever after 11 to 50 s at 10 connections, also without a request; in a container of 256 MiB it is 3 MB,
 * and refusals took twice the CPU. With 8 MB neither was seen.
 * @param limit of V8's heap, in bytes
 * @param flags of Node: those of its command line and of NODE_OPTIONS
 */
export function heapProblem(limit: number, flags: readonly string[]): string | undefined {
  const given = flags.join(' ').replaceAll('_', '-');
  if (limit >= LEAST || !given.includes(LIMIT) || given.includes(ROOM)) return undefined;
  return `--${LIMIT} without --${ROOM}: how much room Node keeps for new objects then depends on the machine, and it can collect garbage all the time (expected --${ROOM}=8 beside it)`;
}
