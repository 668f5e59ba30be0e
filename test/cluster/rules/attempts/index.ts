// All sections, in the order of the list.
import type { Section } from '../attempt.ts';
import { CONTENTS } from './contents.ts';
import { HARDEN, REQUIRE } from './harden.ts';
import { HOST_PATHS } from './host-paths.ts';
import { IDENTITY, NAMESPACE_USERS } from './identity.ts';
import { IMAGES, PULLED_IMAGES } from './images.ts';
import { LIFECYCLE } from './lifecycle.ts';
import { METADATA } from './metadata.ts';
import { ENVIRONMENT, NETWORK } from './network.ts';
import { POD_SECURITY } from './pod-security.ts';
import { PROCESS } from './process.ts';
import { PROFILES } from './profiles.ts';
import { RESOURCES } from './resources.ts';
import { MINIMUM_RUNTIME, RUNTIME } from './runtime.ts';
import { SCHEDULING } from './scheduling.ts';
import { SERVICE_ACCOUNT } from './service-account.ts';
import { STORAGE } from './storage.ts';
import { VALIDATIONS } from './validations.ts';

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
