// The rule `volumes`: what pods mount, and how.
import { defineRule } from '../rule.ts';
import { blockedPaths } from './blockedPaths.ts';
import { csiDrivers } from './csiDrivers.ts';
import { emptyDirSize } from './emptyDirSize.ts';
import { emptyDirs } from './emptyDirs.ts';
import { forbiddenHostPaths } from './forbiddenHostPaths.ts';
import { hostPaths } from './hostPaths.ts';
import { nfsVolumes } from './nfsVolumes.ts';
import { parameters } from './parameters.ts';
import { volumeProblems } from './problems.ts';
import { readOnlyMountPaths } from './readOnlyMountPaths.ts';
import { volumeClaims } from './volumeClaims.ts';
import { volumeConfigMaps } from './volumeConfigMaps.ts';
import { volumeSecrets } from './volumeSecrets.ts';
import { volumeTypes } from './volumeTypes.ts';

export const volumes = defineRule({
  key: 'volumes',
  parameters,
  problems: volumeProblems,
  checks: [
    volumeTypes,
    forbiddenHostPaths,
    hostPaths,
    nfsVolumes,
    volumeClaims,
    csiDrivers,
    volumeSecrets,
    volumeConfigMaps,
    blockedPaths,
    readOnlyMountPaths,
    emptyDirs,
  ],
  fillIns: [emptyDirSize],
});
