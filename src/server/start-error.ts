/** The server cannot start for a reason outside of it: a file, a certificate, a port. Its message says which. */
export class StartError extends Error {
  override readonly name = 'StartError';
}
