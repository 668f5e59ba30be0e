{{/*
Fails where extraArgs have an option that this version does not, and where extraArgs or extraEnv set what the chart sets: of two the
later one counts, and the objects would not fit.
*/}}
{{- define "sandgate.refuseArguments" -}}
{{- $policies := "set bundles or policies" }}
{{- $cluster := "its pods follow the cluster they run in" }}
{{- $certificates := "set certificates" }}
{{- $metrics := "set metrics" }}
{{- $shutdown := "set shutdown" }}
{{- $ends := "it prints and ends, and the pod would be started again and again" }}
{{- $instead := dict
  "-p" $policies "--policies" $policies
  "--in-cluster" $cluster "--no-in-cluster" $cluster "--kubeconfig" $cluster
  "--context" $cluster "--namespace-labels" $cluster "--namespace-annotations" $cluster
  "--tls-cert" $certificates "--tls-key" $certificates "--dev-cert" $certificates
  "--register-webhooks" "set webhooks" "--events-about" "set webhooks" "--tls-ca" $certificates
  "--port" "set port"
  "--uninstall-notice" "leave it to the chart"
  "--registered-kinds" "set workloads"
  "--metrics-port" $metrics "--no-metrics" $metrics
  "--denial-events" "set denialEvents"
  "--traces" "set tracing"
  "--log-level" "set logLevel"
  "--authorization-cache-authorized-ttl" "set authorizationCache.authorizedTTLSeconds"
  "--authorization-cache-unauthorized-ttl" "set authorizationCache.unauthorizedTTLSeconds"
  "--drain" $shutdown "--shutdown-deadline" $shutdown
  "--capability-implementations" "set capabilityImplementations"
  "--client-ca" "set clientCA" "--client-name" "set clientCA.names"
  "-h" $ends "--help" $ends
}}
{{- $options := include "sandgate.serveOptions" . | fromYaml }}
{{- $free := list }}
{{- range $option, $takes := $options }}{{ if not (hasKey $instead $option) }}{{ $free = append $free $option }}{{ end }}{{ end }}
{{- range $index, $argument := .Values.extraArgs }}
{{- $name := regexFind "^(--[A-Za-z-]+|-[A-Za-z])" $argument }}
{{- if hasKey $instead $name }}
{{- fail (printf "extraArgs[%d]: %s is not taken here: %s" $index $name (get $instead $name)) }}
{{- end }}
{{- if not (regexMatch "^--[a-z][a-z-]*(=.*)?$" $argument) }}
{{- fail (printf "extraArgs[%d]: %q: expected --name or --name=value: each argument with its value in one, and none without a name" $index $argument) }}
{{- end }}
{{- if not (hasKey $options $name) }}
{{- fail (printf "extraArgs[%d]: sandgate serve %s has no option %s: expected one of %s" $index $.Chart.AppVersion $name (join ", " (sortAlpha $free))) }}
{{- end }}
{{- if and (eq (get $options $name) "flag") (contains "=" $argument) }}
{{- fail (printf "extraArgs[%d]: %s takes no value: expected %s alone" $index $name $name) }}
{{- end }}
{{- if and (eq (get $options $name) "value") (not (regexMatch "^[^=]+=." $argument)) }}
{{- fail (printf "extraArgs[%d]: %s needs a value: expected %s=value" $index $name $name) }}
{{- end }}
{{- end }}
{{- $names := dict "CAPABILITY_IMPLEMENTATIONS" "set capabilityImplementations" "OTEL_EXPORTER_OTLP_ENDPOINT" "set tracing.endpoint" }}
{{- range $index, $variable := .Values.extraEnv }}
{{- if hasKey $names .name }}
{{- fail (printf "extraEnv[%d]: %s is not taken here: %s" $index .name (get $names .name)) }}
{{- end }}
{{- $value := .value | default "" | toString | replace "_" "-" }}
{{- if and (eq .name "NODE_OPTIONS") (contains "max-old-space-size" $value) (not (contains "max-semi-space-size" $value)) }}
{{- fail (printf "extraEnv[%d]: NODE_OPTIONS limits the heap and says nothing of the room for new objects, so the server would not start: add --max-semi-space-size=8" $index) }}
{{- end }}
{{- if and (hasKey . "value") (hasKey . "valueFrom") }}
{{- fail (printf "extraEnv[%d]: %s has both value and valueFrom: expected one of them" $index .name) }}
{{- end }}
{{- $_ := set $names .name "another one has that name" }}
{{- end }}
{{- end }}
