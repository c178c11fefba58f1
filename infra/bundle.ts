/** `node infra/bundle.ts` bundles the functions; `--with-assembly` also synthesizes, unless nothing changed. */
import { relative } from 'node:path';
import { bundleAndSynth } from './bundle-and-synth.ts';
import { bundleFunctions } from './bundle-functions.ts';
import { paths } from './paths.ts';

export { bundleAndSynth, bundleFunctions };

async function main(): Promise<void> {
  const started = performance.now();
  if (process.argv.includes('--with-assembly')) {
    const { assembly, reused } = await bundleAndSynth();
    report(`${reused ? 'Nothing changed' : 'Bundled and synthesized'}: ${relative(paths.root, assembly)}`, started);
  } else {
    const { functions } = await bundleFunctions();
    report(`Bundled ${functions.size} functions into ${relative(paths.root, paths.bundles)}`, started);
  }
}

function report(what: string, started: number): void {
  console.log(`${what} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
}

if (import.meta.main) {
  await main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
