{{/* Which kinds of workloads the webhooks are registered for, and how. Hand-written; the rows are in _workloads.tpl. */}}

{{/*
The rows that the webhooks are registered for, as YAML: those that always are, and those of .Values.workloads, each with what
the values say instead. Fails where the values would do nothing, or would keep the server from starting.
*/}}
{{- define "sandgate.registeredWorkloads" -}}
{{- $rows := list }}
{{- $known := dict }}
{{- $places := dict }}
{{- $taken := dict }}
{{- range include "sandgate.workloadRows" . | fromYamlArray }}
{{- $_ := set $known .name . }}
{{- if .always }}
{{- $_ := set $places .name (len $rows) }}
{{- $rows = append $rows . }}
{{- end }}
{{- end }}
{{- range $index, $entry := .Values.workloads }}
{{- $row := dict }}
{{- if kindIs "string" $entry }}
{{- if not (hasKey $known $entry) }}
{{- fail (printf "workloads[%d]: no kind %q is built in: expected the name of a row of docs/workloads.md, such as RunnerGroup.actions-gateway.github.com, or group, kind, plural, versions and templates of a kind of your own" $index $entry) }}
{{- end }}
{{- $row = get $known $entry }}
{{- if $row.always }}
{{- fail (printf "workloads[%d]: %s is registered anyway: to treat it otherwise, write { group: %q, kind: %s, enforcement: Enforce }" $index $entry $row.group $row.kind) }}
{{- end }}
{{- else }}
{{- $name := ternary $entry.kind (printf "%s.%s" $entry.kind $entry.group) (eq $entry.group "") }}
{{- if eq $name "Pod" }}
{{- fail (printf "workloads[%d]: pods are always judged and filled in: expected a kind that makes pods" $index) }}
{{- end }}
{{- $builtIn := get $known $name | default dict }}
{{- if not $builtIn }}
{{- range $key := list "plural" "versions" "templates" }}
{{- if not (hasKey $entry $key) }}
{{- fail (printf "workloads[%d].%s: is needed for %s, which is not built in" $index $key $name) }}
{{- end }}
{{- end }}
{{- end }}
{{- if and (hasKey $entry "form") (not (hasKey $entry "templates")) }}
{{- fail (printf "workloads[%d].form: without templates: expected the pointers to what has that form" $index) }}
{{- end }}
{{- if and (hasKey $entry "parts") (ne (default "" $entry.form) "Partial") }}
{{- fail (printf "workloads[%d].parts: only with form: Partial" $index) }}
{{- end }}
{{- $whole := ternary (eq (default "PodTemplate" $entry.form) "PodTemplate") (default false $builtIn.whole) (hasKey $entry "templates") }}
{{- if and $entry.fillIn (or (not $whole) (eq (default "" $entry.enforcement) "Ignore")) }}
{{- fail (printf "workloads[%d].fillIn: only a kind that is judged and holds whole pod templates can be filled in" $index) }}
{{- end }}
{{- $row = dict "name" $name "group" $entry.group "kind" $entry.kind "subresources" list "fillInAround" false }}
{{- $_ := set $row "resource" (default $builtIn.resource $entry.plural) }}
{{- $_ := set $row "scope" (default (default "Namespaced" $builtIn.scope) $entry.scope) }}
{{- $_ := set $row "enforcement" (default (default "Warn" $builtIn.enforcement) $entry.enforcement) }}
{{- $_ := set $row "fillIn" (ternary $entry.fillIn (default false $builtIn.fillIn) (hasKey $entry "fillIn")) }}
{{- $_ := set $row "fillInAround" (default false $builtIn.fillInAround) }}
{{- end }}
{{- if hasKey $taken $row.name }}
{{- fail (printf "workloads[%d]: %s is named twice" $index $row.name) }}
{{- end }}
{{- $_ := set $taken $row.name true }}
{{- if hasKey $places $row.name }}
{{- /* In the place of the row that is always registered. */}}
{{- $others := list }}
{{- range $rows }}{{ $others = append $others (ternary $row . (eq .name $row.name)) }}{{ end }}
{{- $rows = $others }}
{{- else }}
{{- $rows = append $rows $row }}
{{- end }}
{{- end }}
{{- toYaml $rows }}
{{- end }}

{{/* The rules of one webhook as YAML; nothing where it has none. Called with the root, and fill, enforce or advise. */}}
{{- define "sandgate.webhookRules" -}}
{{- $entry := index . 1 }}
{{- $rules := list }}
{{- $byKey := dict }}
{{- range $row := include "sandgate.registeredWorkloads" (index . 0) | fromYamlArray }}
{{- $wanted := list }}
{{- $both := list "CREATE" "UPDATE" }}
{{- if eq $entry "fill" }}
{{- if and (or .fillIn .fillInAround) (ne .enforcement "Ignore") }}
{{- $wanted = append $wanted (dict "resource" .resource "operations" (ternary (list "CREATE") $both (or (eq .name "Pod") (not .fillIn)))) }}
{{- if eq .name "Pod" }}
{{- $wanted = append $wanted (dict "resource" "pods/ephemeralcontainers" "operations" (list "UPDATE")) }}
{{- end }}
{{- end }}
{{- else if eq .enforcement (ternary "Enforce" "Warn" (eq $entry "enforce")) }}
{{- $wanted = append $wanted (dict "resource" .resource "operations" $both) }}
{{- range .subresources }}
{{- $wanted = append $wanted (dict "resource" (printf "%s/%s" $row.resource .) "operations" (list "UPDATE")) }}
{{- end }}
{{- end }}
{{- range $wanted }}
{{- $key := list $row.group .operations $row.scope | toJson }}
{{- if hasKey $byKey $key }}
{{- $rule := get $byKey $key }}
{{- $_ := set $rule "resources" (append $rule.resources .resource) }}
{{- else }}
{{- $rule := dict "apiGroups" (list $row.group) "apiVersions" (list "*") "resources" (list .resource) "operations" .operations "scope" $row.scope }}
{{- $_ := set $byKey $key $rule }}
{{- $rules = append $rules $rule }}
{{- end }}
{{- end }}
{{- end }}
{{- if $rules }}{{ toYaml $rules }}{{ end }}
{{- end }}

{{/*
Text where a webhook is registered, or may be: the chart cannot know which policies there will be. Called with the root, and connect
or roleBindings.
*/}}
{{- define "sandgate.hasWebhook" -}}
{{- $webhooks := (index . 0).Values.webhooks }}
{{- $enabled := get (get $webhooks (index . 1)) "enabled" | toString }}
{{- if or (eq $enabled "true") (and (eq $enabled "auto") (eq $webhooks.registration "Server")) -}}
true
{{- end }}
{{- end }}

{{/* The names of the webhooks that the server registers only while a policy uses them, with commas. */}}
{{- define "sandgate.whereUsed" -}}
{{- $names := list }}
{{- range $key, $name := dict "connect" "connections.validate.sandgate.dev" "roleBindings" "role-bindings.validate.sandgate.dev" }}
{{- if and (include "sandgate.hasWebhook" (list $ $key)) (ne (get (get $.Values.webhooks $key) "enabled" | toString) "true") }}{{ $names = append $names $name }}{{ end }}
{{- end }}
{{- join "," $names }}
{{- end }}

{{/* The names of all kinds that are sent to the server, with commas. */}}
{{- define "sandgate.registeredKinds" -}}
{{- $names := list }}
{{- range include "sandgate.registeredWorkloads" . | fromYamlArray }}
{{- if ne .enforcement "Ignore" }}{{ $names = append $names .name }}{{ end }}
{{- end }}
{{- if include "sandgate.hasWebhook" (list . "connect") }}{{ $names = append $names "PodExecOptions" }}{{ end }}
{{- if include "sandgate.hasWebhook" (list . "roleBindings") }}{{ $names = append $names "RoleBinding.rbac.authorization.k8s.io" }}{{ end }}
{{- join "," $names }}
{{- end }}

{{/* The WorkloadKind documents of the values, by file: what the server has to know beside the rows that are built in. */}}
{{- define "sandgate.workloadKinds" -}}
{{- range .Values.workloads }}
{{- if not (kindIs "string" .) }}
{{- $name := ternary .kind (printf "%s.%s" .kind .group) (eq .group "") | lower }}
workload-{{ $name }}.yaml: |
  {{- dict "apiVersion" "sandgate.dev/v1alpha1" "kind" "WorkloadKind" "metadata" (dict "name" $name) "spec" . | toYaml | nindent 2 }}
{{ end }}
{{- end }}
{{- end }}

{{/* What stands in the files of policies; empty where there are none. Pods are replaced where it changes. */}}
{{- define "sandgate.policyFiles" -}}
{{- with .Values.policies }}{{ toJson . }}{{ end }}
{{- include "sandgate.egressPolicy" . }}
{{- include "sandgate.changedBundles" . }}
{{- include "sandgate.workloadKinds" . }}
{{- end }}

{{/* The static policies as arguments of a command; nothing where there are none. */}}
{{- define "sandgate.policyArguments" -}}
{{- $arguments := list }}
{{- range .Values.bundles }}
{{- if kindIs "string" . }}{{ $arguments = append $arguments (printf "--policies=%s" .) }}{{ end }}
{{- end }}
{{- if include "sandgate.policyFiles" . }}{{ $arguments = append $arguments "--policies=/etc/sandgate/policies" }}{{ end }}
{{- with $arguments }}{{ toYaml . }}{{ end }}
{{- end }}
