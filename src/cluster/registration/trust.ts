// Whom the API server is to trust, and whether it would accept our certificate then.
import { fingerprintsIn } from './ca-bundle.ts';
import { RegistrationError, type ServedTls } from './registration.ts';
import type { Wanted } from './wanted.ts';

/** Whom the text names, or who goes with the certificate. Throws a {@link RegistrationError} where there is neither. */
export function caOf(wanted: Wanted, { ca }: ServedTls): string {
  const found = wanted.ca ?? ca;
  // Where a webhook names no CA, the API server trusts those of its own machine instead.
  if (found !== undefined && fingerprintsIn(Buffer.from(found).toString('base64')).size > 0) return found;
  if (found !== undefined) {
    const where =
      wanted.ca === undefined ? 'the file beside the certificate' : 'the caBundle in the file with the webhooks';
    throw new RegistrationError(`there is no CA in ${where} (expected certificates as PEM)`);
  }
  throw new RegistrationError(
    'nobody says which CA signed the certificate (expected ca.crt beside it, or a caBundle in the file with the webhooks)',
  );
}

/** Rejects with a {@link RegistrationError} where an API server would not accept the certificate. */
export async function refuseProblem(wanted: Wanted, tls: ServedTls): Promise<void> {
  const problem = await tls.problem(wanted.host, caOf(wanted, tls));
  if (problem !== undefined) throw new RegistrationError(problem);
}
