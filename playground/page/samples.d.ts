// The build makes this module of policies/ and examples/: scripts/playground/bundle.ts.
declare module 'virtual:samples' {
  const SAMPLES: readonly import('../state.ts').Sample[];
  export default SAMPLES;
}
