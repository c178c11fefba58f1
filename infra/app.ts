/** What `cdk synth` runs, and a `Synthesizer`: writes cloud assemblies, as told by the command line's environment or by messages. */
import { buildApp } from './build-app.ts';
import { synthesisRequests } from './synthesis-requests.ts';

for await (const { answer, ...options } of synthesisRequests()) {
  try {
    buildApp(options).synth();
    answer();
  } catch (error) {
    // CDK's own stack traces lead into its minified bundles; the message says what to do.
    console.error(process.env.BATUTA_STACK_TRACES ? error : String(error instanceof Error ? error.message : error));
    process.exitCode = 1;
    break;
  }
}
