// A class for tests of the engine: every kind of thing a class can hold, small enough to read.

/** A sidecar with a socket volume and a device, and what the workload's container gets of it. */
export const DOCKER_CLASS = `
apiVersion: sandgate.dev/v1alpha1
kind: CapabilityClass
metadata: { name: docker }
spec:
  authorization: Policy
  implementations:
    - name: rootless
      template:
        spec:
          hostUsers: false
          initContainers:
            - name: docker-subid-init
              image: docker:27-dind-rootless
              command: [/bin/sh, -c, 'echo rootless:1:999 > /subid/subuid']
              securityContext:
                { runAsUser: 1000, runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: { drop: [ALL] }, seccompProfile: { type: RuntimeDefault } }
              volumeMounts: [{ name: docker-subid, mountPath: /subid }]
            - name: docker-daemon
              image: docker:27-dind-rootless
              restartPolicy: Always
              args: [dockerd, --host=unix:///run/user/1000/docker.sock]
              env: [{ name: DOCKER_TLS_CERTDIR, value: '' }]
              resources: { limits: { memory: 2Gi }, requests: { cpu: 250m, memory: 512Mi } }
              startupProbe: { exec: { command: [docker, info] }, periodSeconds: 5, failureThreshold: 24 }
              securityContext:
                { runAsUser: 1000, runAsNonRoot: true, allowPrivilegeEscalation: true, procMount: Unmasked, seccompProfile: { type: Unconfined }, appArmorProfile: { type: Unconfined } }
              volumeMounts:
                - { name: docker-data, mountPath: /home/rootless/.local/share }
                - { name: docker-run, mountPath: /run/user/1000 }
                - { name: docker-tun, mountPath: /dev/net/tun }
                - { name: docker-subid, mountPath: /etc/subuid, subPath: subuid, readOnly: true }
          volumes:
            - { name: docker-data, emptyDir: { sizeLimit: 20Gi } }
            - { name: docker-run, emptyDir: { medium: Memory, sizeLimit: 16Mi } }
            - { name: docker-subid, emptyDir: { sizeLimit: 1Mi } }
            - { name: docker-tun, hostPath: { path: /dev/net/tun, type: CharDevice } }
      grant:
        env: [{ name: DOCKER_HOST, value: unix:///run/user/1000/docker.sock }]
        volumeMounts: [{ name: docker-run, mountPath: /run/user/1000, readOnly: true }]
    - name: kata-qemu
      template:
        spec:
          runtimeClassName: kata-qemu
          containers:
            - name: docker-daemon
              image: docker:27-dind
              securityContext: { privileged: true, allowPrivilegeEscalation: true, runAsUser: 0, runAsNonRoot: false, seccompProfile: { type: Unconfined } }
              volumeMounts: [{ name: docker-data, mountPath: /var/lib/docker }]
          volumes: [{ name: docker-data, emptyDir: { sizeLimit: 20Gi } }]
      grant:
        containers: all
        env: [{ name: DOCKER_HOST, value: tcp://localhost:2375 }]
`;

/** Linux capabilities for the workload's own container, by node profile. */
export const NSJAIL_CLASS = `
apiVersion: sandgate.dev/v1alpha1
kind: CapabilityClass
metadata: { name: nsjail }
spec:
  authorization: Policy
  implementations:
    - name: fargate
      when: pod.spec.?schedulerName.orValue('') == 'fargate-scheduler'
      reject: use landjail, which needs no capability
    - name: bottlerocket
      when: namespaceObject.metadata.labels[?'node-os'].orValue('') == 'bottlerocket'
      grant:
        containers: annotation
        securityContext:
          allowPrivilegeEscalation: true
          seccompProfile: { type: Localhost, localhostProfile: profiles/boundary.json }
          capabilities: { add: [NET_ADMIN] }
    - name: amazon-linux
      grant:
        securityContext: { allowPrivilegeEscalation: true, capabilities: { add: [NET_ADMIN] } }
`;

/** A policy that grants them, restricted otherwise. */
export function grantingPolicy(name: string, capabilities: string, more = ''): string {
  return `
apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata: { name: ${name} }
spec:
  podSecurity: { level: restricted }
  harden: restricted
  identity: { runAsUser: 1000, fsGroup: 1000 }
  capabilities: ${capabilities}
${more}`;
}
