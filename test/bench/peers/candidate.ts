// A controller that runs: its process, its cluster, and what it answers.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isJsonObject, type JsonObject } from '../../../src/model/json.ts';
import { at } from '../../cluster/control-plane/at.ts';
import { type ControlPlane, startControlPlane } from '../../cluster/control-plane/control-plane.ts';
import { expectOk } from '../../cluster/control-plane/expect-ok.ts';
import { type Guard, startGuard } from '../../cluster/control-plane/guard.ts';
import { type Part, startPart, untilReady } from '../../cluster/control-plane/part.ts';
import { issue, makeAuthority } from '../../support/certificates.ts';
import { TlsClient } from '../../support/tls-client.ts';
import { onFirstCore } from './cores.ts';
import type { Launch, Peer, Site } from './peer.ts';
import { allowedReview, refusedReview } from './pods.ts';
import { type ProcessUsage, usageOf } from './process-usage.ts';

/** The namespace of the reviews. */
const NAMESPACE = 'agents';
const FIRST_START_WITHIN_MS = 180_000;
const STARTS = 3;

export interface Verdict {
  readonly allowed: boolean;
  readonly message: string;
}

export class Candidate {
  readonly peer: Peer;
  readonly url: string;
  readonly ca: string;
  readonly path: string;
  /** Milliseconds from the start of its process until it is ready and answers, of each start but the first. */
  readonly starts: readonly number[];
  readonly #part: Part;
  readonly #close: () => Promise<void>;
  readonly #client: TlsClient;

  constructor(fields: Pick<Candidate, 'peer' | 'ca' | 'starts'> & CandidateParts) {
    const { peer, ca, starts, launch, part, close } = fields;
    this.peer = peer;
    this.url = `https://127.0.0.1:${launch.port}`;
    this.ca = ca;
    this.path = launch.path;
    this.starts = starts;
    this.#part = part;
    this.#close = close;
    this.#client = new TlsClient(this.url, ca);
  }

  usage(): ProcessUsage {
    if (this.#part.hasExited()) throw new Error(`${this.peer.name} has ended:\n${this.#part.logTail()}`);
    return usageOf(this.#part.pid);
  }

  ask(review: JsonObject): Promise<Verdict> {
    return ask(this.#client, this.path, review);
  }

  async stop(): Promise<void> {
    this.#client.close();
    await this.#part.kill();
    await this.#close();
  }
}

interface CandidateParts {
  readonly launch: Launch;
  readonly part: Part;
  readonly close: () => Promise<void>;
}

/**
 * Makes a cluster, installs a controller into it and starts it, several times.
 *
 * @throws Error with the end of its log where it does not get as far as right answers; nothing of it is left running then
 */
export async function startCandidate(peer: Peer): Promise<Candidate> {
  const folder = mkdtempSync(join(tmpdir(), 'sandgate-peer-'));
  const guard = startGuard(folder);
  let plane: ControlPlane | undefined;
  const close = async (): Promise<void> => {
    await plane?.stop();
    await guard.close();
  };
  try {
    plane = await startControlPlane();
    await expectOk(plane.admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } }));
    const certificate = await writeCertificates(folder);
    const launch = await peer.install({ plane, folder, certificates: folder, certificate });
    const { part, starts } = await startRepeatedly(peer, launch, { folder, guard, ca: certificate.ca });
    return new Candidate({ peer, ca: certificate.ca, starts, launch, part, close });
  } catch (error) {
    await close();
    throw error;
  }
}

async function writeCertificates(folder: string): Promise<Site['certificate']> {
  const authority = await makeAuthority('sandgate bench');
  const { cert, key } = await issue(authority, { name: 'webhook' });
  writeFileSync(join(folder, 'ca.crt'), authority.cert);
  writeFileSync(join(folder, 'tls.crt'), cert);
  writeFileSync(join(folder, 'tls.key'), key, { mode: 0o600 });
  return { cert, key, ca: authority.cert };
}

interface Place {
  readonly folder: string;
  readonly guard: Guard;
  readonly ca: string;
}

/** The first start, in which it may set up what later ones find, and then those that count. The last stays. */
async function startRepeatedly(
  peer: Peer,
  launch: Launch,
  place: Place,
): Promise<{ readonly part: Part; readonly starts: readonly number[] }> {
  let part = await spawn(peer, launch, place);
  await launch.configure?.();
  await untilAnswering(part, launch, place.ca);
  const starts: number[] = [];
  while (starts.length < STARTS) {
    await part.kill();
    const before = performance.now();
    part = await spawn(peer, launch, place);
    await untilAnswering(part, launch, place.ca);
    starts.push(performance.now() - before);
  }
  return { part, starts };
}

/** `env` and `taskset` become the program: its process id is theirs. */
function spawn(peer: Peer, { file, args, environment = {} }: Launch, { folder, guard }: Place): Promise<Part> {
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const [first = '', ...rest] = [...onFirstCore(), '/usr/bin/env', ...variables, file, ...args];
  return startPart({ name: peer.name, file: first, args: rest, folder, guard });
}

/** Ready by its own probe, for before that no Service sends it anything; and it allows the one pod and refuses the other. */
async function untilAnswering(part: Part, { port, path, readiness }: Launch, ca: string): Promise<void> {
  const client = new TlsClient(`https://127.0.0.1:${port}`, ca);
  const isReady = async (): Promise<boolean> =>
    readiness.startsWith('http:') ? (await fetch(readiness)).ok : (await client.send(readiness)).status === 200;
  const isRight = async (): Promise<boolean> =>
    !(await ask(client, path, refusedReview())).allowed && (await ask(client, path, allowedReview())).allowed;
  const probe = async (): Promise<boolean> => (await isReady()) && (await isRight());
  try {
    await untilReady(part, () => probe().catch(() => false), FIRST_START_WITHIN_MS);
  } finally {
    client.close();
  }
}

async function ask(client: TlsClient, path: string, review: JsonObject): Promise<Verdict> {
  const { status, text } = await client.post(path, review);
  if (status !== 200) throw new Error(`it answers with status ${status}: ${text.slice(0, 500)}`);
  const response = at(JSON.parse(text), 'response');
  if (!isJsonObject(response) || typeof response.allowed !== 'boolean') throw new Error(`no verdict: ${text}`);
  const message = at(response, 'status', 'message');
  return { allowed: response.allowed, message: typeof message === 'string' ? message : '' };
}
