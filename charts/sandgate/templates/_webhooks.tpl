{{/* The parts of templates/webhooks.yaml that depend on the release. */}}

{{/* Who registers them, and what tells Helm that it may take them over where the chart is to do so again. */}}
{{- define "sandgate.webhookAnnotations" -}}
sandgate.dev/registration: {{ .Values.webhooks.registration }}
{{- if eq .Values.webhooks.registration "Server" }}
meta.helm.sh/release-name: {{ .Release.Name }}
meta.helm.sh/release-namespace: {{ .Release.Namespace }}
{{- else if .Values.certificates.certManager.enabled }}
# Who tells the API server of our CA.
cert-manager.io/inject-ca-from: {{ .Release.Namespace }}/{{ include "sandgate.fullname" . }}
{{- end }}
{{- end }}

{{/* Whose removal takes them with it, where Helm does not know of them. The server adds the uid. */}}
{{- define "sandgate.webhookOwner" -}}
{{- if eq .Values.webhooks.registration "Server" -}}
- apiVersion: rbac.authorization.k8s.io/v1
  kind: ClusterRole
  name: {{ include "sandgate.fullname" . }}
{{- end }}
{{- end }}

{{/* Where a path of ours is found. Called with the root and the path. */}}
{{- define "sandgate.clientConfig" -}}
{{- $root := index . 0 -}}
service:
  name: {{ include "sandgate.fullname" $root }}
  namespace: {{ $root.Release.Namespace }}
  path: {{ index . 1 }}
  port: 443
{{- with $root.Values.certificates.existingSecret.caBundle }}
caBundle: {{ b64enc . }}
{{- end }}
{{- end }}

{{/* Our own namespace first, whatever the values say: our pods have to start while we are down. */}}
{{- define "sandgate.excludedNamespaces" -}}
{{- $names := list .Release.Namespace }}
{{- with .Values.certificates.certManager }}
{{- if and .enabled .namespace }}{{ $names = append $names .namespace }}{{ end }}
{{- end }}
{{- concat $names .Values.excludedNamespaces | uniq | toYaml }}
{{- end }}
