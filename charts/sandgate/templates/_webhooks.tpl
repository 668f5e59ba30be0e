{{/* The parts of templates/webhooks.yaml that depend on the release. */}}

{{/* Who registers them, and what tells Helm that it may take them over where the chart is to do so again. */}}
{{- define "sandgate.webhookAnnotations" -}}
sandgate.dev/registration: {{ .Values.webhooks.registration }}
{{- with .Values.webhooks.annotations }}
{{ toYaml . }}
{{- end }}
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
{{- with $root.Values }}
{{- if and .certificates.helm.enabled (eq .webhooks.registration "Chart") }}
{{- with include "sandgate.helmCertificate" $root | fromYaml }}
{{- /* Pods see the new certificate up to two minutes after the API server hears of its CA. */}}
caBundle: {{ printf "%s%s" (b64dec .ca) (b64dec (default "" .formerCa)) | b64enc }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* All that is excluded by name or by glob. Our own namespace first, whatever the values say: our pods have to start while we are down. */}}
{{- define "sandgate.excludedNamespaces" -}}
{{- $names := list .Release.Namespace }}
{{- with .Values.certificates.certManager }}
{{- if and .enabled .namespace }}{{ $names = append $names .namespace }}{{ end }}
{{- end }}
{{- $names = concat $names .Values.excludedNamespaces }}
{{- $platforms := include "sandgate.platformNamespaces" . | fromYaml }}
{{- range .Values.platforms }}{{ $names = concat $names (get $platforms .) }}{{ end }}
{{- uniq $names | toYaml }}
{{- end }}

{{/* Which namespaces' workloads are sent to us. Globs are not for selectors: sandgate.matchConditions has them. */}}
{{- define "sandgate.namespaceSelector" -}}
{{- $names := list }}
{{- range include "sandgate.excludedNamespaces" . | fromYamlArray }}
{{- if not (contains "*" .) }}{{ $names = append $names . }}{{ end }}
{{- end }}
{{- $expressions := list (dict "key" "kubernetes.io/metadata.name" "operator" "NotIn" "values" $names) }}
{{- if has "AKS" .Values.platforms }}{{ $expressions = concat $expressions (include "sandgate.aksSelector" . | fromYamlArray) }}{{ end }}
{{- $own := .Values.webhooks.namespaceSelector }}
{{- $selector := dict "matchExpressions" (concat $expressions (default list $own.matchExpressions)) }}
{{- with $own.matchLabels }}{{ $_ := set $selector "matchLabels" . }}{{ end }}
{{- toYaml $selector }}
{{- end }}

{{/* The condition that leaves out what is excluded by glob, as a YAML list; nothing where no glob is. */}}
{{- define "sandgate.excludedCondition" -}}
{{- $patterns := list }}
{{- range include "sandgate.excludedNamespaces" . | fromYamlArray }}
{{- if contains "*" . }}{{ $patterns = append $patterns (replace "*" ".*" .) }}{{ end }}
{{- end }}
{{- with $patterns }}
{{- /* What is not in a namespace has none here. */}}
{{- $expression := printf "!has(request.namespace) || !request.namespace.matches(\"^(%s)$\")" (join "|" .) }}
{{- list (dict "name" "not-in-excluded-namespaces" "expression" $expression) | toYaml }}
{{- end }}
{{- end }}

{{/* What the values add to the conditions of the webhooks for workloads, as YAML; nothing where they add none. */}}
{{- define "sandgate.matchConditions" -}}
{{- with concat (include "sandgate.excludedCondition" . | fromYamlArray) .Values.webhooks.matchConditions }}{{ toYaml . }}{{ end }}
{{- end }}
