import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { bundleFunctions } from './bundle-functions.ts';
import { contentsOf, digest, filesIn, inputsHash, isMade, noteMade } from './made.ts';
import { paths } from './paths.ts';
import { Synthesizer } from './synthesizer.ts';

export interface Assembled {
  /** Directory of the cloud assembly, absolute. */
  assembly: string;
  /** Nothing had changed since it was made. */
  reused: boolean;
}

export interface AssemblyOptions {
  /** As `-c name=value` of the CDK command line. Default: none. */
  context?: Record<string, string>;
  /** Where the assembly goes. Default: `cdk.out`. */
  assembly?: string;
  /** For who makes several. Default: one that is ended afterwards. */
  synthesizer?: Synthesizer;
}

/**
 * Bundles the functions and synthesizes the cloud assembly; does neither if sources, context and the assembly are as they were the last time.
 * @throws Error with the output of the synthesis if it fails
 */
export async function bundleAndSynth(options: AssemblyOptions = {}): Promise<Assembled> {
  const assembly = resolve(paths.root, options.assembly ?? paths.assembly);
  const context = options.context ?? {};
  if (isMade(assembly, context)) return { assembly, reused: true };
  const inputs = inputsHash(context);
  await bundleIfChanged();
  await replace(assembly, (outdir) => synthesize(outdir, context, options.synthesizer));
  noteMade(assembly, inputs);
  return { assembly, reused: false };
}

/** Bundles are the same whatever the context: the second assembly of the same sources finds them made. */
async function bundleIfChanged(): Promise<void> {
  const stampFile = join(paths.root, 'dist/assemblies/bundles.json');
  const inputs = inputsHash({});
  const made = () => JSON.stringify({ inputs, outputs: bundlesHash() });
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === made()) return;
  await bundleFunctions();
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, made());
}

/** Notices that somebody bundled something else, or deleted from it. */
function bundlesHash(): string {
  return digest([paths.bundles, paths.layer].flatMap((made) => [...contentsOf(filesIn(made, '**/*'), made)]));
}

/**
 * Makes a directory anew beside the old one and puts it in its place: who reads it meanwhile (`npm start` while tests build) finds the old
 * one or the new one, never half of it. What was in it is gone; assets of earlier syntheses would pile up.
 */
async function replace(directory: string, make: (fresh: string) => Promise<void>): Promise<void> {
  const [fresh, old] = [`${directory}.${process.pid}.new`, `${directory}.${process.pid}.old`];
  for (const left of [fresh, old]) rmSync(left, { recursive: true, force: true });
  try {
    await make(fresh);
    if (existsSync(directory)) renameSync(directory, old);
    renameSync(fresh, directory);
  } finally {
    for (const left of [fresh, old]) rmSync(left, { recursive: true, force: true });
  }
}

async function synthesize(outdir: string, context: Record<string, string>, given?: Synthesizer): Promise<void> {
  if (given) return given.synthesize({ outdir, context });
  using synthesizer = new Synthesizer();
  await synthesizer.synthesize({ outdir, context });
}
