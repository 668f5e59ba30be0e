{{- /* Made by `npm run docs` from scripts/chart/classes.ts and policies/: do not edit. */}}
{{- /* The class that a bundle is. */}}
{{- define "sandgate.bundledClasses" }}
docker: docker
docker-k8s-runner: docker
landjail: landjail
nsjail: nsjail
{{- end }}
{{- /* The classes that the policy of a bundle lists. */}}
{{- define "sandgate.listedClasses" }}
coder: [nsjail, landjail]
k8s-runner: [docker]
runners: [docker]
{{- end }}
