# The image: Node, the bundle and the shipped policies on a base without a shell. docs/image.md says how to build and run it.
# Pin both bases by digest where you build for others: --build-arg NODE_IMAGE=node@sha256:...
ARG NODE_IMAGE=docker.io/library/node:24.21.0-trixie-slim
ARG RUN_IMAGE=gcr.io/distroless/cc-debian13:nonroot

# Node itself, of the platform that the image is for: nothing is run here, so that other platforms need no emulation.
FROM ${NODE_IMAGE} AS node

# The bundle is the same for every platform: made on the builder's own.
FROM --platform=${BUILDPLATFORM} ${NODE_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
COPY tools/node/package.json tools/node/
RUN npm ci
COPY rolldown.config.js ./
COPY scripts/third-party-notices.ts scripts/declarations.ts scripts/
COPY scripts/playground scripts/playground
COPY src src
COPY policies policies
COPY examples examples
COPY playground playground
# The library is for other programs, and the playground for browsers.
RUN npm run build && rm -r dist/library dist/playground
COPY LICENSE ./
# Readable by any user and writable by none, whatever the umask of the checkout was.
RUN mkdir /out && cp -R dist policies package.json LICENSE /out/ && chmod -R u=rX,go=rX /out

FROM ${RUN_IMAGE}
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="sandgate" \
      org.opencontainers.image.description="Admission control for Kubernetes workloads that run code nobody reviewed" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=node --chown=0:0 /usr/local/bin/node /usr/local/bin/node
COPY --from=build --chown=0:0 /out /app
# Half of the container's memory for V8's objects. By itself it would take 259 MB of a small container, whatever that has, and
# not so much as try to collect before the kernel kills the process. 8 MB for new objects: in a container of 256 MB it would be 1,
# and refusals would take twice the time.
ENV NODE_ENV=production NODE_OPTIONS="--max-old-space-size-percentage=50 --max-semi-space-size=8"
# A number, and not the name of the base's user: the kubelet can tell only from a number that it is not root.
USER 65532:65532
WORKDIR /app
# Reviews over TLS, and metrics.
EXPOSE 8443 8080
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/local/bin/node", "/app/dist/sandgate.js"]
