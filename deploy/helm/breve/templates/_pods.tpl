{{/* What pods of `breve serve` and of Ray have in common. */}}

{{/* The keys and the settings. */}}
{{- define "breve.environment" -}}
{{- $secret := include "breve.keysSecret" . -}}
{{- if $secret -}}
- name: BREVE_API_KEYS
  valueFrom:
    secretKeyRef: {name: {{ $secret }}, key: keys}
{{ else if ne (get .Values.environment "BREVE_ALLOW_OPEN") "true" -}}
{{- fail "keys: the service refuses to be open to others. Set keys.existingSecret to the name of a Secret, or keys.digests, or environment.BREVE_ALLOW_OPEN to \"true\" where something else keeps others out." -}}
{{- end -}}
{{- with .Values.rateLimitStore.existingSecret -}}
- name: BREVE_RATE_LIMIT_STORE
  valueFrom:
    secretKeyRef: {name: {{ . }}, key: address}
{{ end -}}
{{- range $name, $value := .Values.environment -}}
- {name: {{ $name }}, value: {{ $value | quote }}}
{{ end -}}
{{- end -}}

{{- define "breve.podSecurity" -}}
runAsNonRoot: true
seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- define "breve.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end -}}

{{/* Where pods may run. */}}
{{- define "breve.placement" -}}
{{- with .Values.image.pullSecrets -}}
imagePullSecrets:
{{- range . }}
  - name: {{ . }}
{{- end }}
{{ end -}}
{{- with .Values.nodeSelector -}}
nodeSelector:
{{- toYaml . | nindent 2 }}
{{ end -}}
{{- with .Values.tolerations -}}
tolerations:
{{- toYaml . | nindent 2 }}
{{ end -}}
{{- end -}}
