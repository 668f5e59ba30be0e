// templates/prometheus-rule.yaml of the chart: the alerts, with the places left open that only a release knows.
import { type Alert, RELEASE_LABELS, THRESHOLDS } from './alert.ts';
import { ALERTS } from './alerts/index.ts';
import { alertAnchor } from './alerts-page.ts';

const HEAD = `{{- /* Made by \`npm run docs\` from scripts/monitoring/alerts: do not edit. */}}
{{- if .Values.prometheusRule.enabled }}
{{- with .Values.prometheusRule }}
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: {{ include "sandgate.fullname" $ }}
  namespace: {{ default $.Release.Namespace .namespace }}
  labels:
    {{- include "sandgate.labelsAnd" (list $ .labels) | nindent 4 }}
spec:
  groups:
    - name: {{ include "sandgate.fullname" $ }}
      rules:
`;
const FOOT = `{{- end }}
{{- end }}
`;

/** The text of templates/prometheus-rule.yaml. */
export function ruleTemplate(): string {
  return `${HEAD}${ALERTS.map(ruleText).join('')}${FOOT}`;
}

function ruleText({ name, severity, expr, for: duration, summary, description }: Alert): string {
  return `        {{- if not (has "${name}" .disabled) }}
        - alert: ${name}
          expr: ${opened(quoted(expr))}
          for: ${duration}
          labels:
            severity: ${severity}
            {{- with .alertLabels }}
            {{- toYaml . | nindent 12 }}
            {{- end }}
          annotations:
            summary: ${escaped(quoted(summary))}
            description: ${escaped(quoted(description))}
            runbook_url: {{ printf "%s%s" .docsURL "docs/alerts.md#${alertAnchor(name)}" | quote }}
        {{- end }}
`;
}

/** In single quotes nothing but those quotes has a meaning in YAML. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** What Prometheus is to fill in, Helm has to leave alone. */
function escaped(text: string): string {
  return text.replaceAll('{{', '{{ "{{" }}');
}

function opened(expr: string): string {
  const labels = `namespace="{{ $.Release.Namespace }}"`;
  let text = expr.replaceAll(RELEASE_LABELS, labels);
  for (const name of Object.keys(THRESHOLDS)) {
    text = text.replaceAll(`THRESHOLD_${name}`, `{{ .thresholds.${name} }}`);
  }
  return text;
}
