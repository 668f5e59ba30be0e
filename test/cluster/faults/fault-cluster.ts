// A control plane, and what it takes to put Sandgates behind it: a CA, certificates, kubeconfigs, webhook configurations.

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { definitionOf } from '../../../scripts/crd/custom-resource.ts';
import { CAPABILITY_CLASS } from '../../../src/resources/capability-class/index.ts';
import { ISOLATION_POLICY } from '../../../src/resources/isolation-policy/index.ts';
import { issue, makeAuthority } from '../../support/certificates.ts';
import { type ControlPlane, startControlPlane } from '../control-plane/control-plane.ts';
import { installDefinition } from '../control-plane/custom-resources.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { startGuard } from '../control-plane/guard.ts';
import { kubeconfigWith } from '../live/our-access.ts';
import { policy } from '../live/policies.ts';
import { type Instance, type InstanceOptions, startInstance, startReadyInstance } from './instance.ts';
import { type Registered, type RegisterOptions, register } from './register.ts';
import { makeTlsFolder, type TlsFolder } from './tls-folder.ts';

export interface StartOptions extends Partial<Pick<InstanceOptions, 'tls' | 'args' | 'nodeArgs' | 'program'>> {
  /** Where it finds the API server; what stands in front of it, for instance. */
  readonly apiServer?: string;
  /** Resolves as soon as it listens where false. */
  readonly untilReady?: boolean;
}

export interface FaultCluster {
  readonly plane: ControlPlane;
  /** PEM of who signs the certificates. */
  readonly ca: string;
  /** Makes a certificate for loopback and puts it into a folder. */
  tlsFolder(name: string): Promise<TlsFolder>;
  /** Makes one that is not in use yet. */
  issue(name: string, notAfter?: Date): ReturnType<typeof issue>;
  /** Starts a Sandgate that follows the plane. */
  start(options?: StartOptions): Promise<Instance>;
  /** Registers whatever answers at a URL; resolves when the API server asks it. */
  register(url: string, options?: RegisterOptions): Promise<Registered>;
  /** Ends all of it. */
  stop(): Promise<void>;
}

/**
 * Starts the plane with our definitions and, unless `withPolicy` is false, one policy for everything: the level restricted, and
 * what that needs filled in.
 */
export async function startFaultCluster({ withPolicy = true } = {}): Promise<FaultCluster> {
  const plane = await startControlPlane();
  const folder = mkdtempSync(join(tmpdir(), 'sandgate-faults-'));
  const guard = startGuard(folder);
  const instances: Instance[] = [];
  async function stop(): Promise<void> {
    await plane.stop();
    for (const instance of instances) await instance.kill();
    await guard.close();
  }
  try {
    await Promise.all([
      installDefinition(plane, definitionOf(ISOLATION_POLICY)),
      installDefinition(plane, definitionOf(CAPABILITY_CLASS)),
    ]);
    const all = policy('all', { podSecurity: { level: 'restricted' }, harden: 'restricted' });
    if (withPolicy) await expectOk(plane.admin.create(all));
    const authority = await makeAuthority('faults');
    const ca = authority.cert;
    const make: FaultCluster['issue'] = (name, notAfter) => issue(authority, { name, ...(notAfter && { notAfter }) });
    const tlsFolder: FaultCluster['tlsFolder'] = async (name) => makeTlsFolder(folder, await make(name));
    const shared = await tlsFolder('sandgate');
    const own = kubeconfigWith(plane);
    return {
      plane,
      ca,
      tlsFolder,
      issue: make,
      async start({ apiServer, untilReady = true, tls = shared, ...rest } = {}) {
        const kubeconfig = await (apiServer === undefined ? own : kubeconfigWith(plane, undefined, apiServer));
        const begin = untilReady ? startReadyInstance : startInstance;
        const instance = await begin({ kubeconfig, tls, ca, folder, guard, ...rest });
        instances.push(instance);
        return instance;
      },
      register: (url, options) => register(plane, url, ca, options),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
