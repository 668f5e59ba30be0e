// Our webhook configurations for an address of a test's own, without the entry for policies: a broken policy gets stored.
import { webhookConfigurations } from '../../../scripts/registration.ts';
import { at } from '../control-plane/at.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { refOf } from '../control-plane/kube-client.ts';
import { createNamespace } from '../control-plane/namespaces.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { podOf, UNSAFE } from '../support/workloads.ts';

/** The entries that pods go through. */
export type PodEntry = 'fill' | 'enforce';

export interface RegisterOptions {
  /** Both by default. */
  readonly entries?: readonly PodEntry[];
  /** 10 by default, where an installation has 2 and 5: other tests want the processor, too. */
  readonly timeoutSeconds?: Readonly<Record<PodEntry, number>>;
  /** False where nothing answers yet: it is in effect when somebody has seen it. */
  readonly untilAsked?: boolean;
}

export interface Registered {
  /** Takes the configurations away again. */
  remove(): Promise<void>;
}

/** Stores the configurations and resolves when a pod goes through them. */
export async function register(
  plane: ControlPlane,
  url: string,
  ca: string,
  options: RegisterOptions = {},
): Promise<Registered> {
  const { entries = ['fill', 'enforce'], timeoutSeconds = { fill: 10, enforce: 10 }, untilAsked = true } = options;
  const caBundle = Buffer.from(ca).toString('base64');
  const { mutating, validating } = webhookConfigurations({
    name: 'sandgate',
    clientConfig: (path) => ({ url: url + path, caBundle }),
    timeoutSeconds,
  });
  const wanted = [
    ...(entries.includes('fill') ? [mutating] : []),
    ...(entries.includes('enforce') ? [{ ...validating, webhooks: validating.webhooks.slice(0, 1) }] : []),
  ];
  for (const configuration of wanted) await expectOk(plane.admin.create(configuration, { fieldValidation: 'Strict' }));
  if (untilAsked) await untilInEffect(plane, entries);
  return {
    async remove() {
      for (const configuration of wanted) await expectOk(plane.admin.delete(refOf(configuration)));
    },
  };
}

async function untilInEffect(plane: ControlPlane, entries: readonly PodEntry[]): Promise<void> {
  const namespace = await createNamespace(plane);
  const isFilled = async (): Promise<boolean> => {
    const { body } = await plane.admin.create(podOf(namespace, 'probe'), { dryRun: true });
    return at(body, 'spec', 'securityContext', 'runAsNonRoot') === true;
  };
  const isRefused = async (): Promise<boolean> =>
    (await plane.admin.create(podOf(namespace, 'probe', UNSAFE), { dryRun: true })).status === 403;
  const within = 30_000;
  if (entries.includes('fill')) await waitFor(isFilled, { within, what: 'pods are filled in' });
  if (entries.includes('enforce')) await waitFor(isRefused, { within, what: 'pods are judged' });
}
