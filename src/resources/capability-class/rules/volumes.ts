// A volume has one source.
import { isJsonObject } from '../../../model/json.ts';
import { fault, fieldsAt } from '../../located.ts';
import type { Fault } from '../../problems.ts';
import type { Parts } from '../parts.ts';

export function volumeFaults({ volumes }: Parts): readonly Fault[] {
  return volumes.flatMap((volume) => {
    if (!isJsonObject(volume.value)) return [];
    const sources = fieldsAt(volume).flatMap(([key]) => (key === 'name' ? [] : [key]));
    if (sources.length === 1) return [];
    const found = sources.length === 0 ? 'none' : sources.join(' and ');
    return [fault(volume, `expected one source, such as emptyDir, found ${found}`)];
  });
}
