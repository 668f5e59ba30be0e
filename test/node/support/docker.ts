// Pods that were given a Docker daemon.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { JsonObject } from '../../../src/model/json.ts';
import { newNamespace, type RunningPod, startPod } from './cluster.ts';
import { type Tier, tierLabels } from './policies.ts';

/** The container of the daemon. */
export const DAEMON = 'docker-daemon';

const CLASS = readFileSync(resolve(import.meta.dirname, '../../../policies/capabilities/docker/class.yaml'), 'utf8');
/** The image of the class: it has the client. */
export const CLIENT = /image: &rootlessImage ([^\s@]+)/.exec(CLASS)?.[1] ?? '';

/** What makes a pod ask. */
export const ASKING = { 'sandgate.dev/capabilities': 'docker' };

/** A container with a client, which does nothing by itself. */
export const APP = { name: 'app', image: CLIENT, imagePullPolicy: 'IfNotPresent', command: ['sleep', '3600'] };

/** Of software emulation on a busy machine; a minute where nobody else needs the processor. */
const READY_WITHIN_MS = 300_000;

export interface Build {
  readonly tier: Tier;
  /** A new one where it is not said. */
  readonly namespace?: string;
  /** Volumes of the pod, and mounts of its container. */
  readonly volumes?: readonly JsonObject[];
  readonly volumeMounts?: readonly JsonObject[];
  readonly more?: JsonObject;
}

/** A pod that asks for the class; ready with its daemon. */
export async function startBuild({
  tier,
  namespace,
  volumes = [],
  volumeMounts = [],
  more,
}: Build): Promise<RunningPod> {
  return await startPod({
    namespace: namespace ?? (await newNamespace(tierLabels(tier))),
    annotations: ASKING,
    spec: { containers: [{ ...APP, volumeMounts: [...volumeMounts] }], volumes: [...volumes], ...more },
    within: READY_WITHIN_MS,
  });
}

/** An image of one program, `box`, made where there is no registry. */
export async function importImage(pod: RunningPod): Promise<void> {
  const folder = 'mkdir -p /tmp/box/bin && cp /usr/share/busybox-static /tmp/box/bin/busybox';
  const links =
    'for name in sh ls cat id ip ps touch mknod mount dd wget mkdir httpd sleep echo; do ln -sf busybox /tmp/box/bin/$name; done';
  await pod.shell(`${folder} && ${links} && tar -C /tmp/box -c . | docker import - box`);
}
