{{/* The parts of the NetworkPolicy on what workloads may connect to. */}}

{{/* The namespaces that it is for, as YAML. */}}
{{- define "sandgate.workloadNamespaces" -}}
{{- with .Values.workloadEgressNetworkPolicy }}
{{- concat (list .workloadNamespace) .additionalWorkloadNamespaces | uniq | toYaml }}
{{- end }}
{{- end }}

{{/* Everything that the values call internal, as YAML. */}}
{{- define "sandgate.internalCIDRs" -}}
{{- with .Values.workloadEgressNetworkPolicy }}
{{- $found := concat (splitList "," .clusterPodCIDR) (splitList "," .clusterServiceCIDR) .additionalInternalCIDRs .blockedCIDRs }}
{{- compact $found | uniq | toYaml }}
{{- end }}
{{- end }}

{{/*
What hands out the credentials of a machine, whatever the values say.

- 169.254.0.0/16 and fe80::/10: addresses of the link. 169.254.169.254 answers on AWS, Azure, GCP, Oracle and OpenStack, 169.254.170.2 and
  169.254.170.23 for tasks and pods on AWS.
- 168.63.129.16: the agent's channel of Azure.
- 100.100.100.200: Alibaba Cloud. It is in the range that OpenZiti uses.
- fd00:ec2::254 and fd00:ec2::23: AWS; fd20:ce::254: GCP; fd00:42::42: Scaleway.
*/}}
{{- define "sandgate.metadataCIDRs" -}}
- 169.254.0.0/16
- 168.63.129.16/32
- 100.100.100.200/32
- fe80::/10
- fd00:ec2::254/128
- fd00:ec2::23/128
- fd20:ce::254/128
- fd00:42::42/128
{{- end }}

{{/* A block and its exceptions of the same family, as YAML. Called with the root, the block, and : or . */}}
{{- define "sandgate.publicBlock" -}}
{{- $except := list }}
{{- $sign := index . 2 }}
{{- $root := index . 0 }}
{{- range concat (include "sandgate.internalCIDRs" $root | fromYamlArray) (include "sandgate.metadataCIDRs" $root | fromYamlArray) | uniq }}
{{- if contains $sign . }}{{ $except = append $except . }}{{ end }}
{{- end }}
ipBlock:
  cidr: {{ index . 1 | quote }}
  except:
    {{- toYaml $except | nindent 4 }}
{{- end }}

{{/* The block of the tunnel. What is internal, and metadata addresses, are left out where they are within it. */}}
{{- define "sandgate.tunnelBlock" -}}
{{- $except := list }}
{{- range concat (include "sandgate.internalCIDRs" $ | fromYamlArray) (include "sandgate.metadataCIDRs" $ | fromYamlArray) | uniq }}
{{- if and (contains "." .) (eq (include "sandgate.contains" (list $.Values.workloadEgressNetworkPolicy.openZitiCIDR .)) "true") }}
{{- $except = append $except . }}
{{- end }}
{{- end }}
ipBlock:
  cidr: {{ .Values.workloadEgressNetworkPolicy.openZitiCIDR | quote }}
  {{- with $except }}
  except:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}

{{/* true where the first of two IPv4 ranges contains the second, and is larger. */}}
{{- define "sandgate.contains" -}}
{{- $outer := splitList "/" (index . 0) }}
{{- $inner := splitList "/" (index . 1) }}
{{- $size := 1 }}
{{- range until (int (sub 32 (index $outer 1 | int))) }}{{ $size = mul $size 2 }}{{ end }}
{{- $numbers := list }}
{{- range list (index $outer 0) (index $inner 0) }}
{{- $number := 0 }}
{{- range splitList "." . }}{{ $number = add (mul $number 256) (int .) }}{{ end }}
{{- $numbers = append $numbers (div $number $size) }}
{{- end }}
{{- and (eq (index $numbers 0) (index $numbers 1)) (lt (index $outer 1 | int) (index $inner 1 | int)) }}
{{- end }}

{{/* The policy that gives pods the labels by which the NetworkPolicy selects them, and holds them; nothing where there is none. */}}
{{- define "sandgate.egressPolicy" -}}
{{- with .Values.workloadEgressNetworkPolicy }}
{{- if and .enabled .holdLabels }}
apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata:
  name: {{ .name }}
spec:
  match:
    namespaceSelector:
      matchExpressions:
        - key: kubernetes.io/metadata.name
          operator: In
          values:
            {{- include "sandgate.workloadNamespaces" $ | nindent 12 }}
  metadata:
    labels:
      add:
        {{- toYaml .podSelectorLabels | nindent 8 }}
{{- end }}
{{- end }}
{{- end }}
