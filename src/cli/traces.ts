// Where `serve` sends traces, if it is to.
import { Option } from 'commander';
import type { TraceSettings } from '../observe/traces/settings.ts';
import { flagOption, type Given } from './command.ts';
import { UsageError } from './exit.ts';
import type { Io } from './io.ts';

export const TRACES = new Option(
  '--traces',
  'send traces of reviews to a collector, as OTLP over HTTP: where and how is in the environment, as in OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318',
);

/**
 * Where traces go; undefined where they are not asked for.
 * @throws UsageError where the environment has a variable for it that means nothing here
 */
export async function tracesGiven(given: Given, io: Io): Promise<TraceSettings | undefined> {
  if (!flagOption(given, 'traces')) return undefined;
  const { TraceSettingsError, traceSettings } = await import('../observe/traces/settings.ts');
  try {
    return traceSettings(io.env);
  } catch (error) {
    if (error instanceof TraceSettingsError) throw new UsageError(error.message);
    throw error;
  }
}
