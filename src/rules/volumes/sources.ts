// The volumes of a pod with their sources, without those that a capability class has.
import { standsForGranted } from '../../grants/subtract.ts';
import type { PodView } from '../../kubernetes/containers.ts';
import type { Volume } from '../../kubernetes/pod.ts';
import type { VOLUME_SOURCES } from '../../kubernetes/volume-sources.ts';
import type { Cause } from '../../model/finding.ts';
import type { VolumeParameters } from './parameters.ts';

/** A volume and its place. */
export class VolumeRef {
  readonly volume: Volume;
  readonly #index: number;

  constructor(volume: Volume, index: number) {
    this.volume = volume;
    this.#index = index;
  }

  /** `spec.volumes[0]`. Few volumes are in the wrong, so that few paths are made. */
  get path(): string {
    return `spec.volumes[${this.#index}]`;
  }

  /** Empty where it has none. */
  get name(): string {
    return this.volume.name ?? '';
  }
}

type VolumeType = (typeof VOLUME_SOURCES)[number];

const NONE: readonly VolumeRef[] = Object.freeze([]);

/** The volumes that are the workload's own, of those that `has` takes. */
export function ownVolumes({ spec }: PodView, has: (volume: Volume) => boolean): readonly VolumeRef[] {
  if (!spec.volumes) return NONE;
  let found: VolumeRef[] | undefined;
  let index = -1;
  for (const volume of spec.volumes) {
    index++;
    if (!has(volume) || standsForGranted(volume)) continue;
    found ??= [];
    found.push(new VolumeRef(volume, index));
  }
  return found ?? NONE;
}

/** Why a volume of this type is wrong in any case: the policy does not allow the type. Undefined where it does. */
export function typeCause({ allowedTypes }: VolumeParameters, type: VolumeType): Cause | undefined {
  return allowedTypes === undefined || allowedTypes.includes(type) ? undefined : { check: 'volumeTypes' };
}
