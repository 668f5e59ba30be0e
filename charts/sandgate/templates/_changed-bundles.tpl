{{/* Bundles about which the values say more than a name: their policies come as files, with the changes in them. */}}

{{/* The names of all bundles, as YAML. */}}
{{- define "sandgate.bundleNames" -}}
{{- $names := list }}
{{- range .Values.bundles }}{{ $names = append $names (ternary . (get (ternary dict . (kindIs "string" .)) "name") (kindIs "string" .)) }}{{ end }}
{{- toYaml $names }}
{{- end }}

{{/*
The changed policies by file, as YAML. validationActions are those of every check that the bundle does not soften itself, also of those
that a parameter of a rule makes refuse. A class takes the place of the one of its name.
*/}}
{{- define "sandgate.changedBundles" -}}
{{- $files := dict }}
{{- $bundles := include "sandgate.bundlePolicies" . | fromJson }}
{{- range $change := .Values.bundles }}
{{- if not (kindIs "string" $change) }}
{{- $bundle := get $bundles $change.name }}
{{- $policy := deepCopy $bundle.policy }}
{{- $spec := $policy.spec }}
{{- with $change.namespaceSelector }}
{{- $_ := set $spec "match" (merge (dict "namespaceSelector" .) (default dict $spec.match)) }}
{{- end }}
{{- with $actions := $change.validationActions }}
{{- $_ := set $spec "validationActions" . }}
{{- $checks := default dict $spec.checks }}
{{- range $bundle.denies }}
{{- $own := get $checks . | default dict }}
{{- $_ := set $checks . (merge $own (dict "validationActions" $actions)) }}
{{- end }}
{{- if $checks }}{{ $_ := set $spec "checks" $checks }}{{ end }}
{{- end }}
{{- with $classes := $change.capabilities }}
{{- $kept := list }}
{{- range default list $spec.capabilities }}
{{- $isReplaced := false }}
{{- $name := .name }}
{{- range $classes }}{{ if eq .name $name }}{{ $isReplaced = true }}{{ end }}{{ end }}
{{- if not $isReplaced }}{{ $kept = append $kept . }}{{ end }}
{{- end }}
{{- $_ := set $spec "capabilities" (concat $kept $classes) }}
{{- end }}
{{- $_ := set $files (printf "bundle-%s.yaml" $change.name) $policy }}
{{- end }}
{{- end }}
{{- if $files }}{{ toYaml $files }}{{ end }}
{{- end }}
