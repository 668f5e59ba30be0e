// Credentials for registries, as docker and kubectl keep them. Sources: docker/cli cli/config, and
// k8s.io/kubernetes/pkg/credentialprovider/keyring.go for keys with paths and stars.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { compileGlob } from '../../model/glob.ts';
import { isJsonObject, type JsonObject, ownField, stringField } from '../../model/json.ts';
import { RegistryError } from './http.ts';

/** How somebody shows a registry who they are. */
export interface Login {
  readonly username: string;
  readonly password: string;
  /** In place of both: a token to trade for others. */
  readonly identityToken?: string;
}

/** Asks for the login of a repository, such as `ghcr.io/acme/app`; undefined where there is none. */
export type Keychain = (repository: string) => Promise<Login | undefined>;

/** Docker Hub has several names. */
const HUB = ['docker.io', 'index.docker.io', 'registry-1.docker.io'];
const HELPER_TIMEOUT_MS = 10_000;

/** The first login that one of several keychains has. */
export function anyKeychain(keychains: readonly Keychain[]): Keychain {
  return async (repository) => {
    for (const keychain of keychains) {
      const login = await keychain(repository);
      if (login) return login;
    }
    return undefined;
  };
}

/**
 * The keychain of a config.json of docker (or an auth.json of podman).
 * @param file its name, for messages
 * @throws RegistryError where it is not one
 */
export function dockerKeychain(
  text: string,
  file: string,
  env: Readonly<Record<string, string | undefined>>,
): Keychain {
  const config = jsonObject(text, file);
  const logins = loginsOf(ownField(config, 'auths'), file);
  const helpers = ownField(config, 'credHelpers');
  const store = stringField(config, 'credsStore');
  return async (repository) => {
    for (const server of serversOf(repository)) {
      const helper = stringField(helpers, server) ?? store;
      const login = helper ? await fromHelper(helper, server, env) : undefined;
      if (login) return login;
    }
    return find(logins, repository);
  };
}

/**
 * The keychain of a Secret of the type kubernetes.io/dockerconfigjson or kubernetes.io/dockercfg.
 * @throws RegistryError where it is not one
 */
export function secretKeychain(secret: unknown, file: string): Keychain {
  for (const [key, isWhole] of [
    ['.dockerconfigjson', true],
    ['.dockercfg', false],
  ] as const) {
    const encoded = stringField(ownField(secret, 'data'), key);
    const text =
      stringField(ownField(secret, 'stringData'), key) ?? (encoded && Buffer.from(encoded, 'base64').toString());
    if (text === undefined || text === '') continue;
    const config = jsonObject(text, file);
    const logins = loginsOf(isWhole ? ownField(config, 'auths') : config, file);
    return (repository) => Promise.resolve(find(logins, repository));
  }
  throw new RegistryError(`${file}: not a pull secret (expected a Secret with .dockerconfigjson in its data)`);
}

function jsonObject(text: string, file: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    if (isJsonObject(value)) return value;
  } catch {
    // What it says is not repeated: it may hold a password.
  }
  throw new RegistryError(`${file}: not a file of credentials (expected a JSON object with auths)`);
}

interface Entry {
  /** Without a scheme, and with a host at least. */
  readonly key: string;
  readonly login: Login;
}

function loginsOf(auths: unknown, file: string): readonly Entry[] {
  const entries = Object.entries(auths ?? {}).flatMap(([key, auth]): readonly Entry[] => {
    const login = loginOf(auth, key, file);
    return login
      ? [
          {
            key: key
              .replace(/^https?:\/\//, '')
              .replace(/\/v[12]\/?$/, '')
              .replace(/\/$/, ''),
            login,
          },
        ]
      : [];
  });
  // The longest key first, as kubelets do: it says most.
  return entries.toSorted((a, b) => b.key.length - a.key.length);
}

function loginOf(auth: unknown, key: string, file: string): Login | undefined {
  const identityToken = stringField(auth, 'identitytoken');
  const encoded = stringField(auth, 'auth') ?? '';
  const decoded = Buffer.from(encoded, 'base64').toString();
  const colon = decoded.indexOf(':');
  if (encoded !== '' && colon < 0)
    throw new RegistryError(`${file}: auths ${JSON.stringify(key)} has no user and password`);
  const username = stringField(auth, 'username') ?? decoded.slice(0, Math.max(colon, 0));
  // Docker ends the password with NUL bytes where it was padded.
  const password = stringField(auth, 'password') ?? decoded.slice(colon + 1).replace(/\0+$/, '');
  if (identityToken) return { username, password, identityToken };
  return username === '' ? undefined : { username, password };
}

function find(logins: readonly Entry[], repository: string): Login | undefined {
  const names = namesOf(repository);
  return logins.find(({ key }) => names.some((name) => isFor(key, name)))?.login;
}

/** `*.azurecr.io` is for every host with one more part, and `ghcr.io/acme` for what is below it. */
function isFor(key: string, name: string): boolean {
  const [host = '', ...path] = key.split('/');
  const [ownHost = '', ...ownPath] = name.split('/');
  if (!compileGlob(host.replaceAll('.', '/'))(ownHost.replaceAll('.', '/'))) return false;
  return path.every((part, index) => part === ownPath[index]);
}

function namesOf(repository: string): readonly string[] {
  const slash = repository.indexOf('/');
  const [host, path] = [repository.slice(0, slash), repository.slice(slash)];
  return HUB.includes(host) ? HUB.map((name) => name + path) : [repository];
}

/** What helpers know a registry by. */
function serversOf(repository: string): readonly string[] {
  const host = repository.slice(0, repository.indexOf('/'));
  return HUB.includes(host) ? ['https://index.docker.io/v1/', 'docker.io'] : [host];
}

/** Source: docker/docker-credential-helpers, client/client.go. */
async function fromHelper(
  name: string,
  server: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Login | undefined> {
  const program = `docker-credential-${name}`;
  if (!/^[\w.-]+$/.test(name))
    throw new RegistryError(`${JSON.stringify(name)} is not the name of a credential helper`);
  let said: string;
  try {
    const child = promisify(execFile)(program, ['get'], { timeout: HELPER_TIMEOUT_MS, env, encoding: 'utf8' });
    child.child.stdin?.on('error', () => {
      // It did not want to know; what it says instead comes below.
    });
    child.child.stdin?.end(server);
    said = (await child).stdout;
  } catch (error) {
    const output = ['stdout', 'stderr']
      .map((key) => stringField(error, key) ?? '')
      .join('')
      .trim();
    if (/not found in native keychain/i.test(output)) return undefined;
    const why =
      error instanceof Error && 'code' in error && error.code === 'ENOENT'
        ? 'there is no such program'
        : output || 'it failed';
    throw new RegistryError(`${program}: ${why.split('\n')[0]}`);
  }
  const answer = jsonObject(said, program);
  const [username = '', password = ''] = [stringField(answer, 'Username'), stringField(answer, 'Secret')];
  if (username === '<token>') return { username: '', password: '', identityToken: password };
  return username === '' ? undefined : { username, password };
}
