// The registry of our own kinds. A kind is a folder, and a line here; the order is that of docs, metrics and watches.
import { CAPABILITY_CLASS } from './capability-class/index.ts';
import { ISOLATION_POLICY } from './isolation-policy/index.ts';
import type { OwnKind } from './kind.ts';

export const OWN_KINDS: readonly OwnKind[] = [ISOLATION_POLICY, CAPABILITY_CLASS];
