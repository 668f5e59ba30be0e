// What /metrics says, as a map from series to value.

/** The series of a scrape, such as `sandgate_reviews_total{webhook="mutate",…}`, in its order. Throws on a line of another form. */
export function seriesOf(scrape: string): ReadonlyMap<string, number> {
  const series = new Map<string, number>();
  for (const line of scrape.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const [, name, value] = /^([a-z_0-9]+(?:\{[^}]*\})?) (\S+)$/.exec(line) ?? [];
    if (name === undefined || series.has(name)) throw new Error(`unexpected line: ${line}`);
    series.set(name, Number(value));
  }
  return series;
}

/** Those of some metrics that are not 0. */
export function countedIn(scrape: string, ...names: readonly string[]): Readonly<Record<string, number>> {
  const counted = [...seriesOf(scrape)].filter(([series, value]) => {
    return value !== 0 && names.includes(series.split('{', 1)[0] ?? '');
  });
  return Object.fromEntries(counted);
}
