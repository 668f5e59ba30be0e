// Writes the table of pod fields. Needed when Sandgate learns a new version of Kubernetes; a test proves it fresh.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { podFieldsFile } from './kubernetes/pod-fields.ts';
import { kubernetesVersion, specificationFile } from './kubernetes/specification.ts';

const version = kubernetesVersion();
const file = specificationFile();
if (file === undefined) {
  throw new Error(
    `k8s.io/kubernetes ${version} is not in Go's module cache (run go mod download k8s.io/kubernetes@${version})`,
  );
}
const specification: unknown = JSON.parse(readFileSync(file, 'utf8'));
writeFileSync(join(import.meta.dirname, '../src/kubernetes/pod-fields.ts'), podFieldsFile(specification, version));
