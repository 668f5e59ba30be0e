// The program as a few ESM files with everything in them: the image and the package carry no node_modules. What is
// imported on demand (the server, the Kubernetes client) stays apart, and what both sides of such an import share is
// apart, too. As one file, the client's code was parsed by every `sandgate check`: half as much CPU time again.
import { declarations } from './scripts/declarations.ts';
import { playground } from './scripts/playground/bundle.ts';
import { thirdPartyNotices } from './scripts/third-party-notices.ts';

const program = {
  input: { sandgate: 'src/main.ts' },
  platform: 'node',
  plugins: [thirdPartyNotices()],
  output: {
    dir: 'dist',
    // Whatever an earlier build left would be packed too.
    cleanDir: true,
    format: 'esm',
    // Side by side, not in a sub-folder: the shipped policies are found from where a file lies.
    chunkFileNames: '[name].js',
  },
};

// The library, for Node and for browsers: one file, and its types.
const library = {
  input: { index: 'src/index.ts' },
  platform: 'browser',
  plugins: [thirdPartyNotices(), declarations()],
  output: { dir: 'dist/library', format: 'esm' },
};

export default [program, library, playground];
