// Whom the API server is to trust, and whether it would accept our certificate then.
import { RegistrationError, type ServedTls } from './registration.ts';
import type { Wanted } from './wanted.ts';

/** Whom the text names, or who goes with the certificate. Throws a {@link RegistrationError} where there is neither. */
export function caOf(wanted: Wanted, { ca }: ServedTls): string {
  const found = wanted.ca ?? ca;
  if (found !== undefined) return found;
  throw new RegistrationError(
    'nobody says which CA signed the certificate (expected ca.crt beside it, or a caBundle in the file with the webhooks)',
  );
}

/** Rejects with a {@link RegistrationError} where an API server would not accept the certificate. */
export async function refuseProblem(wanted: Wanted, tls: ServedTls): Promise<void> {
  const problem = await tls.problem(wanted.host, caOf(wanted, tls));
  if (problem !== undefined) throw new RegistrationError(problem);
}
