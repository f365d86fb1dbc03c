{{/* The name of everything that a release makes. KubeRay takes names of a RayService of up to 47 characters. */}}
{{- define "breve.name" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 47 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 47 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* What the pods of a release are known by. KubeRay finds the head by app.kubernetes.io/name, so Ray's pods leave that to it. */}}
{{- define "breve.podLabels" -}}
app.kubernetes.io/part-of: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "breve.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
{{ include "breve.podLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "breve.image" -}}
{{- $suffix := ternary "-ray" "" (eq .Values.kind "RayService") -}}
{{- printf "%s:%s" .Values.image.repository (.Values.image.tag | default (print .Chart.AppVersion $suffix)) -}}
{{- end -}}

{{/* The Secret with the clients' keys; empty where the service is open. */}}
{{- define "breve.keysSecret" -}}
{{- if .Values.keys.digests -}}
{{- include "breve.name" . }}-keys
{{- else -}}
{{- .Values.keys.existingSecret -}}
{{- end -}}
{{- end -}}

{{/* The Service that clients ask, and its port. */}}
{{- define "breve.serviceName" -}}
{{- include "breve.name" . }}{{ ternary "-serve-svc" "" (eq .Values.kind "RayService") }}
{{- end -}}
{{- define "breve.servicePort" -}}
{{- ternary 8000 .Values.service.port (eq .Values.kind "RayService") -}}
{{- end -}}
