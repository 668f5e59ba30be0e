{{/* Of the audit that a CronJob makes. */}}

{{/* What its objects are called. Kubernetes takes no CronJob whose name has more than 52 characters. */}}
{{- define "sandgate.auditName" -}}
{{- printf "%s-audit" (include "sandgate.fullname" . | trunc 46 | trimSuffix "-") }}
{{- end }}

{{- define "sandgate.auditServiceAccountName" -}}
{{- default (include "sandgate.auditName" .) .Values.audit.serviceAccountName }}
{{- end }}

{{/* The labels of its pods, which neither the Service nor a budget or a NetworkPolicy of the server selects. */}}
{{- define "sandgate.auditPodLabels" -}}
{{- toYaml (merge (dict "app.kubernetes.io/name" (printf "%s-audit" (include "sandgate.name" .))) (include "sandgate.labels" . | fromYaml)) }}
{{- end }}

{{/* The rules that let it list every kind that it judges where the cluster has it: what is built in, and what the values add. */}}
{{- define "sandgate.auditWorkloadRules" -}}
{{- $byGroup := dict }}
{{- $groups := list }}
{{- range concat (include "sandgate.workloadRows" . | fromYamlArray) (include "sandgate.registeredWorkloads" . | fromYamlArray) }}
{{- if not (hasKey $byGroup .group) }}{{ $groups = append $groups .group }}{{ end }}
{{- $_ := set $byGroup .group (append (get $byGroup .group | default list) .resource | uniq) }}
{{- end }}
{{- range $groups }}
- apiGroups: [{{ . | quote }}]
  resources: [{{ get $byGroup . | join ", " }}]
  verbs: [list]
{{- end }}
{{- end }}
