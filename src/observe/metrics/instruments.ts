// The counters, histograms and gauges of prom-client, by our definitions. A registry that has one already gives that one,
// so that all who are passed the same registry count into the same series.
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { MetricDefinition } from './definitions.ts';

/** The names of a definition's labels. */
type LabelsOf<D extends MetricDefinition> = D['labels'][number];

/** The counter of a definition: the one that the registry has, or a new one. */
export function counter<D extends MetricDefinition>(registry: Registry, definition: D): Counter<LabelsOf<D>> {
  const known = registry.getSingleMetric(definition.name);
  return known instanceof Counter ? known : new Counter({ ...describe(definition), registers: [registry] });
}

/** The histogram of a definition, likewise. */
export function histogram<D extends MetricDefinition>(registry: Registry, definition: D): Histogram<LabelsOf<D>> {
  const known = registry.getSingleMetric(definition.name);
  if (known instanceof Histogram) return known;
  const { buckets = [] } = definition;
  return new Histogram({ ...describe(definition), buckets: [...buckets], registers: [registry] });
}

/** The gauge of a definition, likewise. */
export function gauge<D extends MetricDefinition>(registry: Registry, definition: D): Gauge<LabelsOf<D>> {
  const known = registry.getSingleMetric(definition.name);
  return known instanceof Gauge ? known : new Gauge({ ...describe(definition), registers: [registry] });
}

/** What prom-client wants to know of any metric. */
export function describe<D extends MetricDefinition>({
  name,
  help,
  labels,
}: D): { name: string; help: string; labelNames: readonly LabelsOf<D>[] } {
  return { name, help, labelNames: labels };
}
