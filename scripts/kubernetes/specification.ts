// Where Kubernetes' published OpenAPI is found: in its Go module, which the tests with an API server fetch as well.
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const GO_MODULE = join(import.meta.dirname, '../../test/cluster/binaries/kubernetes/go.mod');

/** The version of Kubernetes that the tests with an API server run: `v1.37.2`. */
export function kubernetesVersion(): string {
  const version = /^\s*k8s\.io\/kubernetes (v\S+)/m.exec(readFileSync(GO_MODULE, 'utf8'))?.[1];
  if (version === undefined) throw new Error(`${GO_MODULE} names no version of k8s.io/kubernetes`);
  return version;
}

/** The file with the OpenAPI of that version, in Go's module cache; undefined where the module has not been fetched. */
export function specificationFile(): string | undefined {
  const { GOMODCACHE, GOPATH } = process.env;
  const cache = GOMODCACHE ?? join(GOPATH ?? join(homedir(), 'go'), 'pkg/mod');
  const file = join(cache, `k8s.io/kubernetes@${kubernetesVersion()}`, 'api/openapi-spec/swagger.json');
  return existsSync(file) ? file : undefined;
}
