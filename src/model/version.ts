// The version of this program, read from package.json both when run as written and when bundled.
import manifest from '../../package.json' with { type: 'json' };

export const VERSION: string = manifest.version;
