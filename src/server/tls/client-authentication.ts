// Who may send reviews, where a client CA is given. Asked per request and not in the handshake: the kubelet's probes come
// to the same port and have no certificate.
import type { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/** A refusal is read by people, and names are somebody else's. */
const MOST_NAMES = 3;
const NAME_LIMIT = 100;

/** Says in words why whoever is at the other end may not send reviews; undefined where they may. */
export type Authenticate = (socket: Socket) => string | undefined;

/** Lets in those with a certificate of the client CA and, where `names` are given, one of these names in it. */
export function clientAuthentication(names: readonly string[] = []): Authenticate {
  const allowed = new Set(names);
  // The handshake settles it, and a connection carries many reviews.
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
  // An Error by its type, a code of OpenSSL in truth.
  if (!socket.authorized) return `the client certificate is not accepted: ${String(socket.authorizationError)}`;
  if (allowed.size === 0) return undefined;
  const names = namesOf(certificate);
  if (names.some((name) => allowed.has(name))) return undefined;
  return `the client certificate is not accepted: ${listed(names)}`;
}

/** The common names and the alternative names of a certificate, of every type, each once. */
export function namesOf(certificate: X509Certificate): readonly string[] {
  const common: unknown = certificate.toLegacyObject().subject?.CN;
  const names = [common].flat().filter((name) => typeof name === 'string');
  return [...new Set([...names, ...alternativeNames(certificate.subjectAltName)])];
}

/** `DNS:a, IP Address:10.0.0.1, URI:"x\u002c y"`: what could be taken for a separator is written as a JSON string. */
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
