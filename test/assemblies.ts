import { basename } from 'node:path';
import { bundleAndSynth } from '../infra/bundle-and-synth.ts';
import { Synthesizer } from '../infra/synthesizer.ts';

/**
 * Installations that tests want to be otherwise than `cdk.out`, by their context. `npm test` makes them all before it starts, in one process:
 * each by itself is seven seconds, all of them ten. A test that is run alone makes its own.
 */
export const variants = {
  // First: it has every type of resource that another has.
  everything: { stage: 'prod', workflows: 'express', payments: 'stripe', tax: 'avatax' },
  express: { workflows: 'express' },
  // What several workflow tests want to be otherwise, in one.
  otherPolicy: { acceptWithinHours: '1', backorder: 'split', fraud: 'sandbox', fraudReviewHours: '1' },
  avatax: { tax: 'avatax' },
  development: { stage: 'dev', workflows: 'standard' },
  production: { stage: 'prod', workflows: 'express' },
  doughnuts: { stage: 'prod', workflows: 'express', backorder: 'deny', tenant: 'doughnuts' },
  prodWithStripe: { stage: 'prod', payments: 'stripe' },
  prodWithAvatax: { stage: 'prod', tax: 'avatax' },
} satisfies Record<string, Record<string, string>>;

export type Variant = keyof typeof variants;

/** @returns the directory of the variant's assembly: made, unless sources and assembly are as they were the last time */
export async function assemblyOf(variant: Variant, synthesizer?: Synthesizer): Promise<string> {
  const options = { context: variants[variant], assembly: `dist/variants/${variant}.out` };
  const { assembly } = await bundleAndSynth({ ...options, ...(synthesizer && { synthesizer }) });
  return assembly;
}

/** `node test/assemblies.ts` makes `cdk.out` and all variants. */
async function main(): Promise<void> {
  const started = performance.now();
  using synthesizer = new Synthesizer();
  for (const variant of Object.keys(variants) as Variant[]) await assemblyOf(variant, synthesizer);
  const { assembly } = await bundleAndSynth({ synthesizer });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `${basename(assembly)} and ${Object.keys(variants).length} variants are as the sources are (${seconds} s)`,
  );
}

if (import.meta.main) await main();
