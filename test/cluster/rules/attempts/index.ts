// All sections, in the order of the list.
import type { Section } from '../attempt.ts';
import { HARDEN, REQUIRE } from './harden.ts';
import { IDENTITY, NAMESPACE_USERS } from './identity.ts';
import { IMAGES, PULLED_IMAGES } from './images.ts';
import { METADATA } from './metadata.ts';
import { ENVIRONMENT, NETWORK } from './network.ts';
import { LIFECYCLE, PROCESS, PROFILES } from './process.ts';
import { RESOURCES, SCHEDULING } from './resources.ts';
import { MINIMUM_RUNTIME, RUNTIME } from './runtime.ts';
import { SERVICE_ACCOUNT } from './service-account.ts';
import { POD_SECURITY, VALIDATIONS } from './standards.ts';
import { CONTENTS, HOST_PATHS, STORAGE } from './volumes.ts';

export const SECTIONS: readonly Section[] = [
  POD_SECURITY,
  IDENTITY,
  NAMESPACE_USERS,
  HARDEN,
  REQUIRE,
  RUNTIME,
  MINIMUM_RUNTIME,
  HOST_PATHS,
  STORAGE,
  CONTENTS,
  IMAGES,
  PULLED_IMAGES,
  SERVICE_ACCOUNT,
  NETWORK,
  ENVIRONMENT,
  RESOURCES,
  SCHEDULING,
  METADATA,
  PROCESS,
  PROFILES,
  LIFECYCLE,
  VALIDATIONS,
];
