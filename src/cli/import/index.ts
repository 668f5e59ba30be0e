// Every kind of rules that can be imported, in the order help lists them. One is a file or a folder, and a line here.
import { gatekeeper } from './gatekeeper/index.ts';
import { kyverno } from './kyverno/index.ts';
import { nanoclaw } from './nanoclaw.ts';
import { podSecurity } from './pod-security.ts';
import type { ImportSource } from './source.ts';
import { vap } from './vap.ts';

export const SOURCES: readonly ImportSource[] = [podSecurity, kyverno, gatekeeper, vap, nanoclaw];
