/** The server cannot start for a reason outside of it: a file, a certificate, a port. Its message says which. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** The error for a port that cannot be listened on, with the reason in its message. */
export function cannotListen(host: string, port: number, error: unknown): StartError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const reason = code === 'EADDRINUSE' ? 'the port is in use' : error instanceof Error ? error.message : String(error);
  return new StartError(`cannot listen on ${host}:${port}: ${reason}`);
}
