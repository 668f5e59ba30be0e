// All attempts, in the order of the list.
import type { Section } from './attempt.ts';
import { AUTHORIZATION_ATTEMPTS } from './authorization.ts';
import { COLLISION_ATTEMPTS, COMBINATION_ATTEMPTS } from './combinations.ts';
import { DAEMON_ATTEMPTS } from './daemon.ts';
import { OWN_CONTAINER_ATTEMPTS, PRIVILEGED_PROCESS_ATTEMPTS, PROCESS_ATTEMPTS } from './processes.ts';
import { REQUEST_ATTEMPTS } from './requests.ts';
import { RUNNING_ATTEMPTS } from './running.ts';
import { SANDBOX_POD_ATTEMPTS } from './sandbox-pods.ts';
import { SANDBOX_ATTEMPTS } from './sandboxes.ts';
import { SHARED_ATTEMPTS } from './shared.ts';
import { DISK_ATTEMPTS, VOLUME_ATTEMPTS } from './volumes.ts';
import { WEBHOOK_ATTEMPTS } from './webhooks.ts';

export const SECTIONS: readonly Section[] = [
  DAEMON_ATTEMPTS,
  VOLUME_ATTEMPTS,
  DISK_ATTEMPTS,
  SHARED_ATTEMPTS,
  PROCESS_ATTEMPTS,
  PRIVILEGED_PROCESS_ATTEMPTS,
  OWN_CONTAINER_ATTEMPTS,
  REQUEST_ATTEMPTS,
  COLLISION_ATTEMPTS,
  COMBINATION_ATTEMPTS,
  AUTHORIZATION_ATTEMPTS,
  RUNNING_ATTEMPTS,
  SANDBOX_ATTEMPTS,
  SANDBOX_POD_ATTEMPTS,
  WEBHOOK_ATTEMPTS,
];
