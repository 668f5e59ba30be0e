// Which reviews are recorded: the samplers of OpenTelemetry's specification by their names, for OTEL_TRACES_SAMPLER.
import type { TraceParent } from './trace-context.ts';

/** True where the review is to be recorded. */
export type Sampler = (parent: TraceParent | undefined, traceId: string) => boolean;

type Root = (traceId: string) => boolean;

export const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;
export type SamplerName = (typeof SAMPLERS)[number];

/**
 * The sampler of that name. Those that begin with `parentbased_` do as the sender of the request does, and are of their own mind only
 * where it says nothing.
 * @param ratio from 0 to 1, for those that take one
 */
export function samplerOf(name: SamplerName, ratio: number): Sampler {
  const root = rootOf(name.replace('parentbased_', ''), ratio);
  if (!name.startsWith('parentbased_')) return (_, traceId) => root(traceId);
  return (parent, traceId) => parent?.isSampled ?? root(traceId);
}

function rootOf(name: string, ratio: number): Root {
  if (name === 'always_on') return () => true;
  if (name === 'always_off') return () => false;
  // The last 14 digits are random by the second level of W3C's Trace Context.
  return (traceId) => Number.parseInt(traceId.slice(18), 16) / 2 ** 56 < ratio;
}
