// A probe and a lifecycle hook each have exactly one handler.

import { at, isThere, type Located, valueProblem } from '../../located.ts';
import type { DocumentProblem } from '../../problems.ts';
import type { Parts } from '../parts.ts';

const PROBES = ['startupProbe', 'livenessProbe', 'readinessProbe'];
const PROBE_HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'grpc'];
const HOOKS = ['postStart', 'preStop'];
const HOOK_HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'sleep'];

/** Probes and lifecycle hooks without exactly one handler. */
export function handlerProblems({ allContainers }: Parts): readonly DocumentProblem[] {
  return allContainers.flatMap((container) => [
    ...PROBES.flatMap((key) => oneOf(at(container, key), PROBE_HANDLERS)),
    ...HOOKS.flatMap((key) => oneOf(at(container, 'lifecycle', key), HOOK_HANDLERS)),
  ]);
}

function oneOf(handler: Located, kinds: readonly string[]): readonly DocumentProblem[] {
  if (!isThere(handler)) return [];
  const found = kinds.filter((kind) => isThere(at(handler, kind)));
  if (found.length === 1) return [];
  return [valueProblem(handler, `expected one of ${kinds.join(', ')}, found ${found.join(' and ') || 'none'}`)];
}
