// Reads expressions with the grammar that Prometheus' own pages use, and says what in them there is not.
import { parser } from '@prometheus-io/lezer-promql';

/** Anything that reads like an interval: Grafana puts one in. */
const INTERVAL_VARIABLE = /\$__rate_interval/g;

/**
 * What is wrong with an expression: where it cannot be read, each series that is not known, and each label that no series of the
 * expression has.
 *
 * @param known the labels of each series, by its name
 */
export function problemsIn(expression: string, known: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] {
  const text = expression.replaceAll(INTERVAL_VARIABLE, '5m');
  const problems: string[] = [];
  const used: string[] = [];
  /** Labels to group and match by, which stand outside of a selector. */
  const grouping: string[] = [];
  let selected: string | undefined;
  parser.parse(text).iterate({
    enter({ name, type, from, to, node }) {
      const said = text.slice(from, to);
      if (type.isError) problems.push(`cannot be read at ${from}: ${text.slice(from, from + 20)}`);
      if (name === 'VectorSelector') selected = undefined;
      if (name === 'Identifier' && node.parent?.name === 'VectorSelector') {
        selected = said;
        used.push(said);
        if (!known.has(said)) problems.push(`no series ${said}`);
      }
      if (name === 'QuotedLabelName') problems.push(`a name in quotes: ${said}`);
      if (name !== 'LabelName') return;
      if (node.parent?.name === 'GroupingLabels') grouping.push(said);
      else if (selected === undefined) problems.push(`a selector without a name, with ${said}`);
      else if (known.get(selected)?.has(said) === false) problems.push(`${selected} has no label ${said}`);
    },
  });
  if (used.length === 0) problems.push('no series at all');
  for (const label of grouping) {
    if (!used.some((name) => known.get(name)?.has(label))) problems.push(`no series here has the label ${label}`);
  }
  return problems;
}

/** The names of the series in an expression. */
export function seriesIn(expression: string): readonly string[] {
  const text = expression.replaceAll(INTERVAL_VARIABLE, '5m');
  const names: string[] = [];
  parser.parse(text).iterate({
    enter({ name, from, to, node }) {
      if (name === 'Identifier' && node.parent?.name === 'VectorSelector') names.push(text.slice(from, to));
    },
  });
  return names;
}
