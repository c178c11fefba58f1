/** What `cdk synth` and `bundleAndSynth` run: writes the cloud assembly to CDK_OUTDIR, or to `cdk.out`. */
import { buildApp } from './build-app.ts';

try {
  buildApp().synth();
} catch (error) {
  // CDK's own stack traces lead into its minified bundles; the message says what to do.
  console.error(process.env.BATUTA_STACK_TRACES ? error : String(error instanceof Error ? error.message : error));
  process.exitCode = 1;
}
