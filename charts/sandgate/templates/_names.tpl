{{/* The name of the chart, or what it is to be called instead. */}}
{{- define "sandgate.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* What objects are called: the release, with the chart's name unless the release has it already. 50 leaves room for "-metrics" and the like. */}}
{{- define "sandgate.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" }}
{{- else }}
{{- $name := include "sandgate.name" . }}
{{- ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) | trunc 50 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "sandgate.serviceAccountName" -}}
{{- default (include "sandgate.fullname" .) .Values.serviceAccount.name }}
{{- end }}

{{/* Who we are to the API server. */}}
{{- define "sandgate.username" -}}
system:serviceaccount:{{ .Release.Namespace }}:{{ include "sandgate.serviceAccountName" . }}
{{- end }}

{{/* The Secret with tls.crt and tls.key. Helm refuses to take over the one that cert-manager made. */}}
{{- define "sandgate.tlsSecretName" -}}
{{- $suffix := ternary "helm-tls" "tls" .Values.certificates.helm.enabled }}
{{- default (printf "%s-%s" (include "sandgate.fullname" .) $suffix) .Values.certificates.existingSecret.name }}
{{- end }}

{{/* What a selector needs; never to change, since a Deployment's cannot be. */}}
{{- define "sandgate.selectorLabels" -}}
app.kubernetes.io/name: {{ include "sandgate.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "sandgate.labels" -}}
{{ include "sandgate.labelsAnd" (list . dict) }}
{{- end }}

{{/* Called with the root and labels of one object: of two of one name these win. */}}
{{- define "sandgate.labelsAnd" -}}
{{- $own := index . 1 }}
{{- with index . 0 -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{ include "sandgate.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with merge (deepCopy $own) .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}
{{- end }}

{{/* What stands before the repository of the image. */}}
{{- define "sandgate.registry" -}}
{{- default .Values.image.registry .Values.global.imageRegistry }}
{{- end }}

{{- define "sandgate.image" -}}
{{- with include "sandgate.registry" . }}{{ . }}/{{ end }}
{{- with .Values.image }}
{{- if .digest }}{{ .repository }}@{{ .digest }}{{ else }}{{ .repository }}:{{ default $.Chart.AppVersion .tag }}{{ end }}
{{- end }}
{{- end }}

{{/* The Secrets to pull the image with, as YAML; nothing where there are none. */}}
{{- define "sandgate.pullSecrets" -}}
{{- $secrets := .Values.image.pullSecrets }}
{{- range .Values.global.imagePullSecrets }}
{{- $secrets = append $secrets (ternary (dict "name" .) . (kindIs "string" .)) }}
{{- end }}
{{- with $secrets }}{{ uniq . | toYaml }}{{ end }}
{{- end }}

{{/* How many pods there are at least. */}}
{{- define "sandgate.leastReplicas" -}}
{{- ternary .Values.autoscaling.minReplicas .Values.replicas .Values.autoscaling.enabled }}
{{- end }}

{{/* The seconds of a duration such as 1h30m. Called with the text. */}}
{{- define "sandgate.seconds" -}}
{{- $seconds := 0 }}
{{- range regexFindAll "[0-9]+[hms]" . -1 }}
{{- $seconds = add $seconds (mul (regexFind "[0-9]+" .) (get (dict "h" 3600 "m" 60 "s" 1) (regexFind "[hms]" .))) }}
{{- end }}
{{- $seconds }}
{{- end }}

{{/* Where the volume of the client CA comes from; nothing where there is none. Only the one key: a Secret may hold more. */}}
{{- define "sandgate.clientCA" -}}
{{- with .Values.clientCA }}
{{- if .secretName -}}
secret:
  secretName: {{ .secretName }}
  # 0440
  defaultMode: 288
  items:
    - key: {{ .key | quote }}
      path: ca.crt
{{- else if .configMapName -}}
configMap:
  name: {{ .configMapName }}
  items:
    - key: {{ .key | quote }}
      path: ca.crt
{{- end }}
{{- end }}
{{- end }}
