{{- /* Made by `npm run docs` from the options of sandgate serve: do not edit. */}}
{{- define "sandgate.serveOptions" -}}
"--authorization-cache-authorized-ttl": value
"--authorization-cache-unauthorized-ttl": value
"--capability-implementations": value
"--client-ca": value
"--client-name": value
"--context": value
"--denial-events": flag
"--dev-cert": flag
"--drain": value
"--events-about": value
"--host": value
"--in-cluster": flag
"--kubeconfig": value
"--log-level": value
"--metrics-host": value
"--metrics-on-webhook-port": flag
"--metrics-port": value
"--namespace-annotations": value
"--namespace-labels": value
"--no-in-cluster": flag
"--no-metrics": flag
"--policies": value
"--port": value
"--register-webhooks": value
"--registered-kinds": value
"--shutdown-deadline": value
"--tls-ca": value
"--tls-cert": value
"--tls-key": value
"--traces": flag
"--uninstall-notice": value
{{- end }}
