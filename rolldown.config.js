// One ESM file with everything in it: the image and the package carry no node_modules.
export default {
  input: 'src/main.ts',
  platform: 'node',
  output: { file: 'dist/sandgate.js', format: 'esm', codeSplitting: false },
};
