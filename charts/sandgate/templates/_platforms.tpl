{{/* What depends on the platforms that the values name. */}}

{{/*
The namespaces that each platform runs itself. What its nodes and its network need has to start while Sandgate is away.

- EKS: the add-ons GuardDuty agent and CloudWatch Observability have namespaces of their own.
- GKE: managed components (gke-managed-*) and Google Cloud Managed Service for Prometheus.
- OpenShift: nobody but its operators may make namespaces called openshift-*.
- Rancher: Rancher itself, Fleet and its charts (cattle-*), the CIS operator, and Calico as RKE2 installs it.
- k3s: the controller that upgrades nodes.
*/}}
{{- define "sandgate.platformNamespaces" -}}
AKS: [kube-system]
EKS: [kube-system, amazon-guardduty, amazon-cloudwatch]
GKE: [kube-system, gke-managed-*, gke-gmp-system, gmp-system]
OpenShift: [kube-system, openshift-*]
Rancher: [kube-system, cattle-*, cis-operator-system, calico-system, tigera-operator]
k3s: [kube-system, system-upgrade]
{{- end }}

{{/*
What the admissions enforcer of AKS adds to the webhooks that it may change, and by which the namespaces that AKS runs are known:
with it here there is nothing left for it to change.
*/}}
{{- define "sandgate.aksSelector" -}}
- key: kubernetes.azure.com/managedby
  operator: NotIn
  values: [aks]
- key: control-plane
  operator: NotIn
  values: ["true"]
{{- end }}

{{/*
The security context of the pods, as YAML. OpenShift gives each namespace a range of users and groups, and refuses all others: there the
chart's own are left out, and those that somebody chose stay.
*/}}
{{- define "sandgate.podSecurityContext" -}}
{{- $context := .Values.podSecurityContext }}
{{- if has "OpenShift" .Values.platforms }}
{{- range list "runAsUser" "runAsGroup" "fsGroup" }}
{{- if eq (toString (get $context .)) "65532" }}{{ $context = omit $context . }}{{ end }}
{{- end }}
{{- end }}
{{- with $context }}{{ toYaml . }}{{ end }}
{{- end }}
