// Gauges: values that are set as they change, and values that somebody else keeps and that are asked for when scraped.
import { Counter, Gauge, type Registry } from 'prom-client';
import type { MetricDefinition } from './definitions.ts';
import { describe } from './series.ts';

/** A gauge that asks for its value: the sum of what all that were added say. */
export class PolledGauge extends Gauge {
  readonly #sources: (() => number)[] = [];

  get hasSource(): boolean {
    return this.#sources.length > 0;
  }

  add(read: () => number): void {
    this.#sources.push(read);
  }

  override async get(): ReturnType<Gauge['get']> {
    let value = 0;
    for (const read of this.#sources) value += read();
    return { ...(await super.get()), values: [{ labels: {}, value }] };
  }
}

/** The gauge of a definition: the one that the registry has, or a new one. */
export function gauge(registry: Registry, definition: MetricDefinition): Gauge {
  const known = registry.getSingleMetric(definition.name);
  return known instanceof Gauge ? known : new Gauge({ ...describe(definition), registers: [registry] });
}

/** The same for a gauge that is asked. */
export function polledGauge(registry: Registry, definition: MetricDefinition): PolledGauge {
  const known = registry.getSingleMetric(definition.name);
  return known instanceof PolledGauge ? known : new PolledGauge({ ...describe(definition), registers: [registry] });
}

/** A value somebody else keeps, with the values of its labels. */
export interface Sample {
  readonly labels: Record<string, string>;
  readonly value: number;
}

/** A gauge or a counter with labels, whose values are asked for when scraped. */
export function askWhenScraped(registry: Registry, definition: MetricDefinition, read: () => readonly Sample[]): void {
  const configuration = { ...describe(definition), registers: [registry] };
  if (definition.type === 'counter') new AskedCounter(configuration).read = read;
  else new AskedGauge(configuration).read = read;
}

class AskedGauge extends Gauge {
  read: () => readonly Sample[] = () => [];

  override async get(): ReturnType<Gauge['get']> {
    return { ...(await super.get()), values: [...this.read()] };
  }
}

class AskedCounter extends Counter {
  read: () => readonly Sample[] = () => [];

  override async get(): ReturnType<Counter['get']> {
    return { ...(await super.get()), values: [...this.read()] };
  }
}
