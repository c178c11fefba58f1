import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { App } from 'aws-cdk-lib';
import * as z from 'zod';
import { paths } from './paths.ts';
import { settingsOf } from './settings.ts';
import { ApiStack } from './stacks/api-stack.ts';
import { ApplicationStack } from './stacks/application.ts';
import { DataStack } from './stacks/data.ts';

/** CDK's recommended behavior, in code: cdk.json's context is not read when no CDK command line runs the app. */
const flagsFile = createRequire(import.meta.url).resolve('aws-cdk-lib/recommended-feature-flags.json');
const flags = {
  ...z.record(z.string(), z.unknown()).parse(JSON.parse(readFileSync(flagsFile, 'utf8'))),
  // Exports and imports: CloudFormation then refuses to delete a table or bus that the application still names. The recommended weak
  // references look the value up at deploy time and let it go.
  '@aws-cdk/core:defaultCrossStackReferences': 'strong',
  // They name the directory of whoever synthesizes.
  'aws:cdk:disable-creation-stack-traces': true,
};

export interface BuildOptions {
  /** As `-c name=value`. */
  context?: Record<string, string>;
  /** Default: CDK_OUTDIR, else `cdk.out`. */
  outdir?: string;
}

/** The whole installation: one stack for what must not be lost, one for what can be made again, one for the API in front of it. */
export function buildApp(options: BuildOptions = {}): App {
  const limit = Error.stackTraceLimit;
  // Findings that are accepted are written down with the calls that accepted them, whatever the flags say: the same bytes are to come out in
  // any directory, by any command.
  if (!process.env.BATUTA_STACK_TRACES) Error.stackTraceLimit = 0;
  try {
    return appOf(options);
  } finally {
    Error.stackTraceLimit = limit;
  }
}

function appOf(options: BuildOptions): App {
  const app = new App({
    context: flags,
    ...(options.context ? { postCliContext: options.context } : {}),
    outdir: options.outdir ?? process.env.CDK_OUTDIR ?? paths.assembly,
    // As in cdk.json, so that a synthesis without the command line writes the same bytes.
    analyticsReporting: false,
    treeMetadata: false,
    stackTraces: false,
  });
  const settings = settingsOf(app.node);
  const name = `Batuta-${settings.stage}`;
  const data = new DataStack(app, `${name}-Data`, { settings });
  const application = new ApplicationStack(app, `${name}-App`, { settings, data });
  new ApiStack(app, `${name}-Api`, { settings, application });
  return app;
}
