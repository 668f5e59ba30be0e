// The pull policy that the API server gives containers and image volumes which state none.
// Source: k8s.io/kubernetes v1.37.2, pkg/apis/core/v1/defaults.go and pkg/util/parsers/parsers.go.

import { remembered } from '../model/remembered.ts';
import { parseImage } from './image-reference.ts';

/** What kubelets know. */
export const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'] as const;

/**
 * `Always` for the tag `latest`, also beside a digest, and for an image with neither tag nor digest; else `IfNotPresent`, also
 * for what is not a reference.
 */
export const defaultPullPolicy: (image: string) => 'Always' | 'IfNotPresent' = remembered((image) =>
  parseImage(image)?.tag === 'latest' ? 'Always' : 'IfNotPresent',
);
