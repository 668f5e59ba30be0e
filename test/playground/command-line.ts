// What the command line says of a sample.
import type { Sample } from '../../playground/state.ts';
import { ownField, stringField } from '../../src/model/json.ts';
import { folderWith, sandgate } from '../cli/console.ts';

/** `denied Pod default/web` of each object, or that the policies could not be read. */
export async function verdictsOnCommandLine({ policies, manifests }: Sample): Promise<readonly string[] | string> {
  const folder = folderWith({ 'policies.yaml': policies, 'manifests.yaml': manifests });
  const printed = await sandgate(folder, 'check -p policies.yaml -f manifests.yaml -o json');
  if (printed.code === 2) return 'mistakes in the policies';
  const results = ownField(printed.json(), 'results');
  return (Array.isArray(results) ? results : []).map((result: unknown) => {
    const object = ownField(result, 'object');
    const [kind, namespace, name] = ['kind', 'namespace', 'name'].map((key) => stringField(object, key));
    return `${stringField(result, 'verdict')} ${kind} ${namespace}/${name}`;
  });
}
