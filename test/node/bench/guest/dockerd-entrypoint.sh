#!/bin/sh
# What the entrypoint of the published image does with the arguments that our classes give it, in words of our own.
set -eu
if [ $# -eq 0 ]; then set -- dockerd --host=unix:///run/user/1000/docker.sock --host=tcp://0.0.0.0:2375; fi
[ "$1" = dockerd ] || exec "$@"
if [ "$(id -u)" = 0 ]; then exec "$@"; fi
export XDG_RUNTIME_DIR="${XDG_RUNTIME_DIR:-/run/user/$(id -u)}"
mkdir -p "$XDG_RUNTIME_DIR" "$HOME/.local/share/docker"
exec rootlesskit --net="${DOCKERD_ROOTLESS_ROOTLESSKIT_NET:-slirp4netns}" --mtu=1500 --disable-host-loopback \
  --port-driver=builtin --copy-up=/etc --copy-up=/run ${DOCKERD_ROOTLESS_ROOTLESSKIT_FLAGS:-} \
  "$@" --userland-proxy-path=/usr/bin/rootlesskit-docker-proxy
