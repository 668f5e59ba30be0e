// The volumes of a pod with their sources, without those that a capability class has.
import { standsForGranted } from '../../grants/subtract.ts';
import type { PodView } from '../../kubernetes/containers.ts';
import type { Volume } from '../../kubernetes/pod.ts';
import type { VOLUME_SOURCES } from '../../kubernetes/volume-sources.ts';
import type { Cause } from '../../model/finding.ts';
import type { VolumeParameters } from './parameters.ts';

/** A volume and its place. */
export interface VolumeRef {
  /** `spec.volumes[0]`. */
  readonly path: string;
  /** Empty where it has none. */
  readonly name: string;
  readonly volume: Volume;
}

type VolumeType = (typeof VOLUME_SOURCES)[number];

const NONE: readonly VolumeRef[] = Object.freeze([]);

/** The volumes that are the workload's own, of those that `has` takes. */
export function ownVolumes({ spec }: PodView, has: (volume: Volume) => boolean): readonly VolumeRef[] {
  let found: VolumeRef[] | undefined;
  for (const [index, volume] of spec.volumes?.entries() ?? []) {
    if (!has(volume) || standsForGranted(volume)) continue;
    found ??= [];
    found.push({ path: `spec.volumes[${index}]`, name: volume.name ?? '', volume });
  }
  return found ?? NONE;
}

/** Why a volume of this type is wrong in any case: the policy does not allow the type. Undefined where it does. */
export function typeCause({ allowedTypes }: VolumeParameters, type: VolumeType): Cause | undefined {
  return allowedTypes === undefined || allowedTypes.includes(type) ? undefined : { check: 'volumeTypes' };
}
