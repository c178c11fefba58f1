import type * as sdk from '@aws-sdk/client-sfn';
import { Client, type ClientConfig, Command } from './client.ts';

/** Step Functions as `@aws-sdk/client-sfn` offers it. */
export class SFNClient extends Client {
  constructor(config: ClientConfig = {}) {
    super({ id: 'SFN', signingName: 'states', host: 'states', contentType: 'application/x-amz-json-1.0' }, config);
  }
}

export class StartExecutionCommand extends Command<sdk.StartExecutionCommandInput, sdk.StartExecutionCommandOutput> {
  override readonly target = 'AWSStepFunctions.StartExecution';
  override read = withDates;
}

export class DescribeExecutionCommand extends Command<
  sdk.DescribeExecutionCommandInput,
  sdk.DescribeExecutionCommandOutput
> {
  override readonly target = 'AWSStepFunctions.DescribeExecution';
  override read = withDates;
}

/** Times travel as seconds. */
function withDates(body: object): object {
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [
      name,
      /Date$/.test(name) && typeof value === 'number' ? new Date(Math.round(value * 1000)) : value,
    ]),
  );
}
