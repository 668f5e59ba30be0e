// Which secrets become readable by a group when a pod is given an fsGroup. The kubelet gives the files of such a volume to
// the group and adds read for it to their mode, whatever mode the pod asks for, and no volume can be left out:
// https://github.com/kubernetes/kubernetes/issues/57923
import type { PodTemplate, Volume } from '../../kubernetes/pod.ts';
import { isGiven } from '../../kubernetes/stated-user.ts';

/** Read for the group, which fsGroup adds to the mode of a secret's files. */
export const GROUP_READ = 0o040;

/** What files of secrets get where nothing is said; the group can read it. */
const DEFAULT_MODE = 0o644;

/** A secret volume, or a projected one with secrets, and the first mode in it by which the group could not read. */
export interface PrivateSecret {
  readonly volume: string;
  readonly mode: number;
}

interface SecretFiles {
  readonly items?: readonly { readonly mode?: number | null }[] | null;
}

/** The volumes of a pod with secrets whose mode keeps the group from reading them. */
export function privateSecrets(template: PodTemplate): readonly PrivateSecret[] {
  return (template.spec?.volumes ?? []).flatMap((volume) => {
    const mode = modesOf(volume).find((each) => (each & GROUP_READ) === 0);
    return mode === undefined ? [] : [{ volume: volume.name ?? '', mode }];
  });
}

function modesOf({ secret, projected }: Volume): readonly number[] {
  if (isGiven(secret)) return fileModes(secret, secret.defaultMode);
  return (projected?.sources ?? []).flatMap((source) =>
    isGiven(source.secret) ? fileModes(source.secret, projected?.defaultMode) : [],
  );
}

/** Items that are listed are all that there is, each with a mode of its own or the volume's. */
function fileModes({ items }: SecretFiles, volume: number | null | undefined): readonly number[] {
  const defaultMode = volume ?? DEFAULT_MODE;
  if (!isGiven(items) || items.length === 0) return [defaultMode];
  return items.map(({ mode }) => mode ?? defaultMode);
}
