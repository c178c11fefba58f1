import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** Where things are in the repository, absolute. */
export const paths = {
  root,
  functions: join(root, 'functions'),
  stateMachines: join(root, 'state-machines'),
  bundles: join(root, 'dist/functions'),
  /** The packages that all functions share, as the layer of the functions holds them. */
  layer: join(root, 'dist/layer'),
  /** The OpenAPI document and its page, generated from the contracts. */
  api: join(root, 'dist/api'),
  /** Maps from the minified bundles to the sources, for debugging. They are kept out of the bundles, so that no function carries them. */
  sourceMaps: join(root, 'dist/source-maps'),
  assembly: join(root, 'cdk.out'),
} as const;
