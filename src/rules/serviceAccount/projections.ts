// The projected sources of a pod's volumes: tokens, trust bundles and certificates stand among them.
import type { PodView } from '../../kubernetes/containers.ts';
import type { FieldsOf } from '../../kubernetes/field-type.ts';
import type { Volume } from '../../kubernetes/pod.ts';

/** A source, and where it stands. */
export interface Projection {
  readonly volume: Volume;
  readonly source: FieldsOf<'VolumeProjection'>;
  /** `spec.volumes[0].projected.sources[1]` */
  readonly path: string;
}

/** Every projected source of every volume, in order. */
export function projectionsOf({ spec }: PodView): readonly Projection[] {
  const { volumes } = spec;
  if (!volumes?.some(({ projected }) => projected?.sources?.length)) return NONE;
  return volumes.flatMap((volume, index) =>
    (volume.projected?.sources ?? []).map((source, at) => ({
      volume,
      source,
      path: `spec.volumes[${index}].projected.sources[${at}]`,
    })),
  );
}

const NONE: readonly Projection[] = Object.freeze([]);
