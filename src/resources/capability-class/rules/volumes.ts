// A volume has one source.
import { isJsonObject } from '../../../model/json.ts';
import { fieldsAt, valueProblem } from '../../located.ts';
import type { DocumentProblem } from '../../problems.ts';
import type { Parts } from '../parts.ts';

/** Volumes without exactly one source. */
export function volumeProblems({ volumes }: Parts): readonly DocumentProblem[] {
  return volumes.flatMap((volume) => {
    if (!isJsonObject(volume.value)) return [];
    const sources = fieldsAt(volume).flatMap(([key]) => (key === 'name' ? [] : [key]));
    if (sources.length === 1) return [];
    const found = sources.length === 0 ? 'none' : sources.join(' and ');
    return [valueProblem(volume, `expected one source, such as emptyDir, found ${found}`)];
  });
}
