// images: whose code runs.
import { all, put } from '../../support/change.ts';
import { by, inContainer, inPod, kubernetes, letIn, NO_POD, type Section, whileItRuns } from '../attempt.ts';
import { POD_WAYS } from '../ways.ts';

const DIGEST = `sha256:${'0'.repeat(64)}`;

function everyImage(image: string, more = {}) {
  const of = (list: string, name: string) =>
    put({ name, image, ...more, ...(name === 'sidecar' && { restartPolicy: 'Always' }) }, 'spec', list, name);
  return all(
    of('initContainers', 'setup'),
    of('initContainers', 'sidecar'),
    of('containers', 'app'),
    of('containers', 'side'),
  );
}

export const IMAGES: Section = {
  title: 'images: by name and tag',
  rules: ['images'],
  about: 'Images are those of one organisation, but for one of them, and have a tag that says something.',
  spec: {
    images: { allowed: ['ghcr.io/acme/*'], forbidden: ['ghcr.io/acme/old'], forbiddenTags: ['latest', '', 'dev-*'] },
  },
  base: everyImage('ghcr.io/acme/app:1.0'),
  attempts: [
    inContainer('an image of somebody else', 'allowedImages', put('ghcr.io/evil/app:1.0', 'image')),
    inContainer('the same organisation elsewhere', 'allowedImages', put('docker.io/acme/app:1.0', 'image')),
    inContainer('what Docker makes an image of Docker Hub', 'allowedImages', put('acme/app:1.0', 'image')),
    inContainer(
      'the allowed name behind another registry',
      'allowedImages',
      put('evil.example/ghcr.io/acme/app:1.0', 'image'),
    ),
    inContainer(
      'a registry that begins like the allowed one',
      'allowedImages',
      put('ghcr.io.evil.example/acme/app:1.0', 'image'),
    ),
    inContainer('the registry at another port', 'allowedImages', put('ghcr.io:5000/acme/app:1.0', 'image')),
    inContainer(
      'an organisation that begins like the allowed one',
      'allowedImages',
      put('ghcr.io/acmee/app:1.0', 'image'),
    ),
    inContainer('a folder more', 'allowedImages', put('ghcr.io/acme/x/app:1.0', 'image')),
    inContainer('out of the organisation by dots', 'imageReference', put('ghcr.io/acme/../evil:1.0', 'image')),
    inContainer('in capitals', 'imageReference', put('ghcr.io/ACME/app:1.0', 'image')),
    inContainer(
      'with a blank',
      'imageReference',
      put(' ghcr.io/acme/app:1.0', 'image'),
      by([...POD_WAYS, 'ephemeral container'], kubernetes()),
    ),
    inContainer('no image', 'imageReference', put('', 'image'), NO_POD),
    inContainer('the image null', 'imageReference', put(null, 'image'), NO_POD),
    inContainer(
      'letters that look like those of the registry',
      'imageReference',
      put('ghcr.\u0456o/acme/app:1.0', 'image'),
    ),
    inContainer('the forbidden one', 'forbiddenImages', put('ghcr.io/acme/old:1.0', 'image')),
    inContainer('the forbidden one, its registry in capitals', 'forbiddenImages', put('GHCR.io/acme/old:1.0', 'image')),
    inContainer('the forbidden one, by its digest', 'forbiddenImages', put(`ghcr.io/acme/old@${DIGEST}`, 'image')),
    inContainer('the latest', 'imageTag', put('ghcr.io/acme/app:latest', 'image')),
    inContainer('no tag', 'imageTag', put('ghcr.io/acme/app', 'image')),
    inContainer('a tag of those that match', 'imageTag', put('ghcr.io/acme/app:dev-1', 'image')),
    inPod(
      'an image of somebody else, as a volume',
      'allowedImages',
      put([{ name: 'x', image: { reference: 'ghcr.io/evil/app:1.0' } }], 'spec', 'volumes'),
    ),
    whileItRuns(
      'an image of somebody else, in a pod that runs',
      'allowedImages',
      put('ghcr.io/evil/app:1.0', 'spec', 'containers', 'side', 'image'),
    ),
    whileItRuns(
      'the same in an init container',
      'allowedImages',
      put('ghcr.io/evil/app:1.0', 'spec', 'initContainers', 'sidecar', 'image'),
    ),
  ],
};

const MIRRORED = `registry.internal/docker/acme/app@${DIGEST}`;

/** The image that is allowed, pulled so. */
function pulled(policy: unknown) {
  return all(put(MIRRORED, 'image'), put(policy, 'imagePullPolicy'));
}

export const PULLED_IMAGES: Section = {
  title: 'images: by digest, from a mirror, pulled each time',
  rules: ['images'],
  about: 'Images have a digest, come from the mirror of Docker Hub, and are asked for each time a container starts.',
  spec: {
    images: {
      allowed: ['registry.internal/docker/**'],
      digest: 'Required',
      rewrite: [{ from: 'docker.io', to: 'registry.internal/docker' }],
      defaultPullPolicy: 'Always',
      requiredPullPolicy: 'Always',
    },
  },
  base: everyImage(`registry.internal/docker/acme/app@${DIGEST}`, { imagePullPolicy: 'Always' }),
  attempts: [
    inContainer('a tag', 'imageDigest', put('registry.internal/docker/acme/app:1.0', 'image')),
    inContainer(
      'a digest that is too short',
      'imageReference',
      put('registry.internal/docker/acme/app@sha256:00', 'image'),
    ),
    inContainer(
      'a tag that looks like a digest',
      'imageDigest',
      put('registry.internal/docker/acme/app:sha256-00', 'image'),
    ),
    inContainer(
      'straight from Docker Hub',
      letIn('The mirror is filled in, with a warning.', MIRRORED, 'image'),
      put(`docker.io/acme/app@${DIGEST}`, 'image'),
    ),
    inContainer(
      'from Docker Hub by its other name',
      letIn('The mirror is filled in, with a warning.', MIRRORED, 'image'),
      put(`index.docker.io/acme/app@${DIGEST}`, 'image'),
    ),
    inContainer('past the mirror', 'allowedImages', put(`registry-1.docker.io/acme/app@${DIGEST}`, 'image')),
    whileItRuns(
      'straight from Docker Hub, in a pod that runs',
      'allowedImages',
      put(`docker.io/acme/app@${DIGEST}`, 'spec', 'containers', 'side', 'image'),
    ),
    inContainer(
      'what the node has already',
      letIn(
        'Always is filled in: it is also what the API server writes into pods that say nothing.',
        'Always',
        'imagePullPolicy',
      ),
      pulled('IfNotPresent'),
    ),
    inContainer('what the node has, and nothing else', 'imagePullPolicy', pulled('Never')),
    inContainer('the pull policy null', letIn('Always is filled in.', 'Always', 'imagePullPolicy'), pulled(null)),
    inContainer('a pull policy in small letters', 'imagePullPolicy', pulled('always'), NO_POD),
    inPod(
      'an image as a volume, as the node has it',
      'imagePullPolicy',
      put(
        [{ name: 'x', image: { reference: `registry.internal/docker/acme/app@${DIGEST}`, pullPolicy: 'Never' } }],
        'spec',
        'volumes',
      ),
    ),
    inPod(
      'two images at once',
      'imageReference',
      put(`registry.internal/docker/acme/app@${DIGEST},evil`, 'spec', 'containers', 'side', 'image'),
    ),
  ],
};
