// docs/alerts.md: what each alert means and what to do. Every alert links to its section.
import { type Alert, RELEASE_LABELS, THRESHOLDS } from './alert.ts';
import { ALERTS } from './alerts/index.ts';

/** The anchor of its section. */
export function alertAnchor(name: string): string {
  return name.toLowerCase();
}

/** The text of docs/alerts.md, without its first line. */
export function alertsPage(): string {
  const rows = ALERTS.map(
    ({ name, severity, summary }) => `| [${name}](#${alertAnchor(name)}) | ${severity} | ${readable(summary)} |`,
  );
  return `
# Alerts

What the PrometheusRule of the chart asks (\`prometheusRule.enabled\`), what each alert means, and what to do.
[Monitoring](monitoring.md) says how to install it, and which values change it. Critical: pods are refused or not judged, now or very soon.

| alert | severity | what it says |
| --- | --- | --- |
${rows.join('\n')}

${ALERTS.map(section).join('\n')}`;
}

function section({ name, severity, expr, for: duration, description, todo }: Alert): string {
  const after = duration === '0m' ? 'at once' : `after ${duration}`;
  return `## ${name}

*${severity}, ${after}.* ${readable(description)}

**What to do.** ${todo}

\`\`\`promql
${withDefaults(expr)}
\`\`\`
`;
}

/** With what the values are by default, in the namespace where the docs install. */
export function withDefaults(expr: string): string {
  let text = expr.replaceAll(RELEASE_LABELS, 'namespace="sandgate"');
  for (const [name, value] of Object.entries(THRESHOLDS)) text = text.replaceAll(`THRESHOLD_${name}`, String(value));
  return text;
}

/** Without the language of Prometheus' templates. */
function readable(text: string): string {
  return text.replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, '($1)').replaceAll(/\{\{ \$value[^}]*\}\}/g, '(value)');
}
