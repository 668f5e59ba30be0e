// Which clients may send reviews, where a client CA is given. Checked per request and not in the handshake, because the
// kubelet's probes come to the same port and have no certificate.
import type { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/** Bounds for the names in a refusal, which come from the client. */
const MOST_NAMES = 3;
const NAME_LIMIT = 100;

/** Returns a message that says why a client may not send reviews; undefined where it may. */
export type Authenticate = (socket: Socket) => string | undefined;

/** Accepts clients with a certificate of the client CA that has, where `names` are given, one of these names. */
export function clientAuthentication(names: readonly string[] = []): Authenticate {
  const allowed = new Set(names);
  // The result is the same for all requests of a connection.
  const known = new WeakMap<Socket, { readonly refusal: string | undefined }>();
  return (socket) => {
    let entry = known.get(socket);
    if (!entry) {
      entry = { refusal: refusalOf(socket, allowed) };
      known.set(socket, entry);
    }
    return entry.refusal;
  };
}

function refusalOf(socket: Socket, allowed: ReadonlySet<string>): string | undefined {
  const certificate = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
  if (!(socket instanceof TLSSocket) || !certificate) {
    return 'a client certificate is needed for this, and the connection came without one';
  }
  // Typed as an Error, but it is a code of OpenSSL.
  if (!socket.authorized) return `the client certificate is not accepted: ${String(socket.authorizationError)}`;
  if (allowed.size === 0) return undefined;
  const names = namesOf(certificate);
  if (names.some((name) => allowed.has(name))) return undefined;
  return `the client certificate is not accepted: ${listed(names)}`;
}

/** The common names and the alternative names of every type in a certificate, without duplicates. */
export function namesOf(certificate: X509Certificate): readonly string[] {
  const common: unknown = certificate.toLegacyObject().subject?.CN;
  const names = [common].flat().filter((name) => typeof name === 'string');
  return [...new Set([...names, ...alternativeNames(certificate.subjectAltName)])];
}

/** Splits `DNS:a, IP Address:10.0.0.1, URI:"x\u002c y"`: Node writes a value that contains a separator as a JSON string. */
function alternativeNames(text: string | undefined): string[] {
  if (!text) return [];
  return text.split(', ').map((entry) => {
    const value = entry.slice(entry.indexOf(':') + 1);
    return value.startsWith('"') ? String(JSON.parse(value)) : value;
  });
}

function listed(names: readonly string[]): string {
  if (names.length === 0) return 'it names nobody';
  const shown = names.slice(0, MOST_NAMES).map((name) => JSON.stringify(name.slice(0, NAME_LIMIT)));
  return `it names ${shown.join(', ')}${names.length > shown.length ? ', …' : ''}, which may not send reviews`;
}
