// Values that somebody else keeps, and that are asked for when scraped: by prom-client's `collect`, which it calls before it
// reads a metric (https://github.com/siimon/prom-client#custom-metrics).
import { Counter, Gauge, type Registry } from 'prom-client';
import type { MetricDefinition } from './definitions.ts';
import { describe } from './instruments.ts';

/** A gauge without labels that is the sum of what all its sources say. */
export interface PolledGauge {
  readonly hasSource: () => boolean;
  readonly add: (read: () => number) => void;
}

/** By metric, so that a registry that is passed in twice has the sources of both. */
const polled = new WeakMap<object, PolledGauge>();

/** The polled gauge of a definition: the one that the registry has, or a new one without a source. */
export function polledGauge(registry: Registry, definition: MetricDefinition): PolledGauge {
  const metric: object | undefined = registry.getSingleMetric(definition.name);
  const known = metric && polled.get(metric);
  if (known) return known;
  const sources: (() => number)[] = [];
  const gauge: Gauge = new Gauge({
    ...describe(definition),
    registers: [registry],
    collect: () => gauge.set(sources.reduce((sum, read) => sum + read(), 0)),
  });
  const made: PolledGauge = { hasSource: () => sources.length > 0, add: (read) => void sources.push(read) };
  polled.set(gauge, made);
  return made;
}

/** A value somebody else keeps, with the values of its labels. */
export interface Sample {
  readonly labels: Record<string, string>;
  readonly value: number;
}

/** Registers a gauge or a counter whose values, with their labels, are asked for when scraped. */
export function askWhenScraped(registry: Registry, definition: MetricDefinition, read: () => readonly Sample[]): void {
  const configuration = { ...describe(definition), registers: [registry] };
  if (definition.type === 'counter') {
    const counter: Counter = new Counter({
      ...configuration,
      collect() {
        counter.reset();
        for (const { labels, value } of read()) counter.inc(labels, value);
      },
    });
  } else {
    const gauge: Gauge = new Gauge({
      ...configuration,
      collect() {
        gauge.reset();
        for (const { labels, value } of read()) gauge.set(labels, value);
      },
    });
  }
}
