// `sandgate serve` as a process of its own, following the namespaces of a control plane and registered with it.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { webhookConfigurations } from '../../scripts/registration.ts';
import type { ControlPlane } from '../cluster/control-plane/control-plane.ts';
import { expectOk } from '../cluster/control-plane/expect-ok.ts';
import { startGuard } from '../cluster/control-plane/guard.ts';
import { startPart, untilReady } from '../cluster/control-plane/part.ts';
import { issue, makeAuthority } from '../support/certificates.ts';

const MAIN = resolve(import.meta.dirname, '../../src/main.ts');

export interface Sandgate {
  /** What `/metrics` says. */
  readonly scrape: () => Promise<string>;
  /** The end of what it logged and printed. */
  readonly logTail: () => string;
  readonly stop: () => Promise<void>;
}

/**
 * Starts it with one policy, as YAML, and registers it as an installation does.
 * @throws Error with the end of its log where it does not start
 */
export async function startSandgate(plane: ControlPlane, policy: string): Promise<Sandgate> {
  const folder = mkdtempSync(join(tmpdir(), 'sandgate-conformance-'));
  const guard = startGuard(folder);
  try {
    const authority = await makeAuthority('conformance');
    const certificate = await issue(authority, { name: 'sandgate' });
    const write = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text, { mode: 0o600 });
      return join(folder, name);
    };
    const flags: Readonly<Record<string, string>> = {
      policies: write('policy.yaml', policy),
      kubeconfig: plane.kubeconfig(),
      'tls-cert': write('tls.crt', certificate.cert),
      'tls-key': write('tls.key', certificate.key),
      host: '127.0.0.1',
      port: '0',
      'metrics-port': '0',
      'log-level': 'warn',
    };
    const args = [MAIN, 'serve', ...Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, value])];
    const part = await startPart({ name: 'sandgate', file: process.execPath, args, folder, guard });
    await untilReady(part, () => Promise.resolve(/^sandgate: metrics on /m.test(part.logTail())), 30_000);
    const printed = part.logTail();
    const url = /listening on (\S+) with/.exec(printed)?.[1] ?? '';
    const metricsUrl = /metrics on (\S+)/.exec(printed)?.[1] ?? '';
    await register(plane, url, authority.cert);
    return {
      scrape: async () => (await fetch(metricsUrl)).text(),
      logTail: () => part.logTail(),
      async stop() {
        await part.kill();
        await guard.close();
      },
    };
  } catch (error) {
    await guard.close();
    throw error;
  }
}

async function register(plane: ControlPlane, url: string, ca: string): Promise<void> {
  const caBundle = Buffer.from(ca).toString('base64');
  const clientConfig = (path: string): { url: string; caBundle: string } => ({ url: url + path, caBundle });
  const { mutating, validating } = webhookConfigurations({ name: 'sandgate', clientConfig, namespace: 'sandgate' });
  for (const configuration of [mutating, validating]) await expectOk(plane.admin.create(configuration));
}
