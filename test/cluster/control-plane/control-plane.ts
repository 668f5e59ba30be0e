// A control plane of real parts: etcd, kube-apiserver and, where asked for, kube-controller-manager. No kubelet: pods stay
// Pending, which is all that admission needs.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AuditLevel, auditFlags } from './audit.ts';
import { type Binaries, findBinaries } from './binaries.ts';
import { writeCredentials } from './credentials.ts';
import { freePorts } from './free-ports.ts';
import { startGuard } from './guard.ts';
import { ControlPlane } from './running-plane.ts';
import { Services } from './services.ts';
import { tracingFlags } from './tracing.ts';

export type { ControlPlane } from './running-plane.ts';

export interface ControlPlaneOptions {
  /** Runs the controllers that make pods of Deployments and the like, make service accounts, and clean up. Off by default. */
  readonly controllerManager?: boolean;
  /** Keeps an audit log; `true` is `Metadata`, which has the annotations too. Off by default. */
  readonly audit?: boolean | AuditLevel;
  /** Lets the API server reach Services, by the routes that a test gives them (`plane.services`). Off by default. */
  readonly services?: boolean;
  /** Admission plugins beside those that are on by default. */
  readonly admissionPlugins?: readonly string[];
  /** Has the API server send traces of all requests to this collector, `127.0.0.1:PORT`, as OTLP over gRPC. Off by default. */
  readonly tracesTo?: string;
  /** Other programs than those that are found: for the tests of the control plane itself. */
  readonly binaries?: Partial<Binaries>;
}

const ATTEMPTS = 3;

/**
 * Starts a control plane on free loopback ports and resolves when it is ready. Whatever way this process ends, its parts
 * and its folder go with it.
 *
 * @throws Error with the end of a part's log where that part does not start; nothing is left running then
 */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const binaries = { ...(await findBinaries()), ...options.binaries };
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(options, binaries);
    } catch (error) {
      // Between our look at a port and its use somebody else may take it.
      const taken = error instanceof Error && error.message.includes('address already in use');
      if (!taken || attempt === ATTEMPTS) throw error;
    }
  }
}

async function start(options: ControlPlaneOptions, binaries: Binaries): Promise<ControlPlane> {
  const { controllerManager = false, audit = false, services: withServices = false, admissionPlugins = [] } = options;
  const { tracesTo } = options;
  const folder = mkdtempSync(join(tmpdir(), 'sandgate-cluster-'));
  const guard = startGuard(folder);
  try {
    const [ports, credentials] = await Promise.all([freePorts(3), writeCredentials(folder)]);
    const flags = audit === false ? [] : auditFlags(folder, audit === true ? 'Metadata' : audit);
    const pluginFlags =
      admissionPlugins.length === 0 ? [] : [`--enable-admission-plugins=${admissionPlugins.join(',')}`];
    const traceFlags = tracesTo === undefined ? [] : tracingFlags(folder, tracesTo);
    const services = withServices ? await Services.start(folder) : undefined;
    const foundation = {
      folder,
      guard,
      binaries,
      credentials,
      ports,
      auditFlags: flags,
      pluginFlags: [...pluginFlags, ...traceFlags],
      services,
    };
    const plane = new ControlPlane(foundation);
    await plane.start(controllerManager);
    return plane;
  } catch (error) {
    await guard.close();
    throw error;
  }
}
