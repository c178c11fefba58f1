/** `node infra/bundle.ts` bundles the functions; `--with-assembly` also synthesizes, unless nothing changed. */
import { relative } from 'node:path';
import { bundleAndSynth } from './bundle-and-synth.ts';
import { bundleFunctions } from './bundle-functions.ts';
import { paths } from './paths.ts';

export { bundleAndSynth, bundleFunctions };

if (import.meta.main) {
  const started = performance.now();
  if (process.argv.includes('--with-assembly')) {
    const { assembly, reused } = await bundleAndSynth();
    report(`${reused ? 'Nothing changed' : 'Bundled and synthesized'}: ${relative(paths.root, assembly)}`, started);
  } else {
    const sizes = await bundleFunctions();
    report(`Bundled ${sizes.size} functions into ${relative(paths.root, paths.bundles)}`, started);
  }
}

function report(what: string, started: number): void {
  console.log(`${what} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
}
