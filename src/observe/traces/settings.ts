// Where traces go, from the environment variables that OpenTelemetry's specification has for all programs
// (https://opentelemetry.io/docs/specs/otel/protocol/exporter/). What is not known here is a mistake that is told at the start.
import { SAMPLERS, type SamplerName } from './sampler.ts';

export interface TraceSettings {
  /** Where spans are posted. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly sampler: SamplerName;
  /** Of the samplers that take one. */
  readonly ratio: number;
  /** What is said of this process, beside its name. */
  readonly resource: Readonly<Record<string, string>>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** What is wrong with a variable, for whoever set it. */
export class TraceSettingsError extends Error {}

/**
 * The settings; undefined where OTEL_SDK_DISABLED says so.
 * @throws TraceSettingsError where a variable has a value that means nothing here
 */
export function traceSettings(environment: Environment): TraceSettings | undefined {
  // An empty variable is as good as none, by the specification.
  const value = (name: string): string | undefined => environment[name]?.trim() || undefined;
  const ofTraces = (name: string): string | undefined =>
    value(`OTEL_EXPORTER_OTLP_TRACES_${name}`) ?? value(`OTEL_EXPORTER_OTLP_${name}`);
  if (value('OTEL_SDK_DISABLED')?.toLowerCase() === 'true') return undefined;
  const protocol = ofTraces('PROTOCOL') ?? 'http/json';
  if (protocol !== 'http/json') {
    throw new TraceSettingsError(
      `OTEL_EXPORTER_OTLP_PROTOCOL: ${JSON.stringify(protocol)} is not spoken (expected http/json, which collectors take at their port for OTLP over HTTP, 4318)`,
    );
  }
  const resource = pairs('OTEL_RESOURCE_ATTRIBUTES', value('OTEL_RESOURCE_ATTRIBUTES'));
  return {
    url: urlOf(value('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'), value('OTEL_EXPORTER_OTLP_ENDPOINT')),
    headers: pairs('OTEL_EXPORTER_OTLP_HEADERS', ofTraces('HEADERS')),
    timeoutMs: numberIn('OTEL_EXPORTER_OTLP_TIMEOUT', ofTraces('TIMEOUT') ?? '10000', 1, 600_000),
    sampler: samplerNamed(value('OTEL_TRACES_SAMPLER') ?? 'parentbased_always_on'),
    ratio: numberIn('OTEL_TRACES_SAMPLER_ARG', value('OTEL_TRACES_SAMPLER_ARG') ?? '1', 0, 1),
    resource: { ...resource, 'service.name': value('OTEL_SERVICE_NAME') ?? resource['service.name'] ?? 'sandgate' },
  };
}

/** That of traces is used as it is, the one for all signals with the path of traces behind it. */
function urlOf(ofTraces: string | undefined, ofAll = 'http://localhost:4318'): URL {
  const name = ofTraces === undefined ? 'OTEL_EXPORTER_OTLP_ENDPOINT' : 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT';
  const text = ofTraces ?? `${ofAll.replace(/\/$/, '')}/v1/traces`;
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol)) return url;
  throw new TraceSettingsError(
    `${name}: ${JSON.stringify(ofTraces ?? ofAll)} is not an address (expected one such as http://otel-collector.observability:4318)`,
  );
}

function samplerNamed(name: string): SamplerName {
  const found = SAMPLERS.find((one) => one === name);
  if (found) return found;
  throw new TraceSettingsError(
    `OTEL_TRACES_SAMPLER: ${JSON.stringify(name)} is not known (expected one of ${SAMPLERS.join(', ')})`,
  );
}

function numberIn(name: string, text: string, least: number, most: number): number {
  const number = Number(text);
  if (number >= least && number <= most) return number;
  throw new TraceSettingsError(`${name}: ${JSON.stringify(text)} (expected a number from ${least} to ${most})`);
}

/** `key1=value1,key2=value2`, percent-encoded. Values may be secrets, and are in no message. */
function pairs(name: string, text = ''): Record<string, string> {
  const found: Record<string, string> = {};
  for (const pair of text.split(',').filter((one) => one.trim() !== '')) {
    const [key = '', ...rest] = pair.split('=');
    if (rest.length === 0 || key.trim() === '') {
      throw new TraceSettingsError(`${name}: a pair has no "=" or nothing before it (expected key=value,key=value)`);
    }
    found[key.trim()] = decoded(rest.join('=').trim());
  }
  return found;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
