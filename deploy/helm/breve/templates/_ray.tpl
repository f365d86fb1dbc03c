{{/* What the head and the workers of Ray have in common. */}}

{{/* Where Ray's programs are, and what they need in an image without a home. */}}
{{- define "breve.rayVariables" -}}
- {name: PATH, value: "/opt/breve/venv/bin:/usr/local/bin:/usr/bin:/bin"}
- {name: HOME, value: /tmp}
- {name: USER, value: breve}
# Ray would tell its makers how it is used.
- {name: RAY_USAGE_STATS_ENABLED, value: "0"}
{{- end -}}

{{- define "breve.rayAnnotations" -}}
annotations:
  # Other keys are another cluster, which KubeRay starts before it ends this one.
  checksum/keys: {{ .Values.keys.digests | toJson | sha256sum | quote }}
{{- with .Values.podAnnotations }}
{{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "breve.rayPod" -}}
enableServiceLinks: false
terminationGracePeriodSeconds: 60
securityContext:
  {{- include "breve.podSecurity" . | nindent 2 }}
{{- with include "breve.placement" . | trim }}
{{ . }}
{{- end }}
volumes:
  - name: tmp
    emptyDir: {sizeLimit: 2Gi}
{{- end -}}

{{- define "breve.rayContainer" -}}
image: {{ include "breve.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
env:
  {{- include "breve.rayVariables" . | nindent 2 }}
  {{- include "breve.environment" . | trim | nindent 2 }}
# Ray's shell leaves SIGTERM alone. Requests that came through this pod's proxy have 30 seconds to end. The articles of its
# replica are sent to another one.
lifecycle:
  preStop:
    exec: {command: [sh, -c, "sleep 30; ray stop"]}
startupProbe:
  httpGet: {path: /api/healthz, port: 52365}
  periodSeconds: 5
  timeoutSeconds: 5
  failureThreshold: 60
livenessProbe:
  httpGet: {path: /api/healthz, port: 52365}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
securityContext:
  {{- include "breve.containerSecurity" . | nindent 2 }}
volumeMounts:
  - {name: tmp, mountPath: /tmp}
{{- end -}}
