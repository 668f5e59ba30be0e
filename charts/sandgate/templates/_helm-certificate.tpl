{{/*
The CA and the certificate that Helm makes, as YAML with values in base64. What the Secret of the release holds is kept where it is of
the same generation and for the same host. The key of the CA is thrown away: another certificate comes with another CA.

Two templates need it, and it is another one each time it is made: the first one to ask leaves it among the values.
*/}}
{{- define "sandgate.helmCertificate" -}}
{{- $values := .Values.certificates.helm }}
{{- if not (hasKey $values "made") }}
{{- $name := include "sandgate.fullname" . }}
{{- $host := printf "%s.%s.svc" $name .Release.Namespace }}
{{- $generation := int $values.generation | toString }}
{{- $secret := lookup "v1" "Secret" .Release.Namespace (include "sandgate.tlsSecretName" .) | default dict }}
{{- $data := get $secret "data" | default dict }}
{{- $marks := dig "metadata" "annotations" dict $secret | default dict }}
{{- $isSame := and (eq (get $marks "sandgate.dev/certificate-generation" | toString) $generation) (eq (get $marks "sandgate.dev/certificate-host" | toString) $host) }}
{{- $made := dict "generation" $generation "host" $host }}
{{- if and $isSame (hasKey $data "tls.crt") (hasKey $data "tls.key") (hasKey $data "ca.crt") }}
{{- $made = merge $made (dict "cert" (get $data "tls.crt") "key" (get $data "tls.key") "ca" (get $data "ca.crt") "formerCa" (get $data "former-ca.crt")) }}
{{- else }}
{{- $days := int $values.validDays }}
{{- $ca := genCA (printf "%s-ca" $name) $days }}
{{- $certificate := genSignedCert $name nil (list $host) $days $ca }}
{{- $made = merge $made (dict "cert" (b64enc $certificate.Cert) "key" (b64enc $certificate.Key) "ca" (b64enc $ca.Cert) "formerCa" (get $data "ca.crt")) }}
{{- end }}
{{- $_ := set $values "made" $made }}
{{- end }}
{{- toYaml $values.made }}
{{- end }}
