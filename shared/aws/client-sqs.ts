import type * as sdk from '@aws-sdk/client-sqs';
import { Client, type ClientConfig, Command } from './client.ts';

/** SQS as `@aws-sdk/client-sqs` offers it. */
export class SQSClient extends Client {
  constructor(config: ClientConfig = {}) {
    super(
      {
        id: 'SQS',
        signingName: 'sqs',
        host: 'sqs',
        contentType: 'application/x-amz-json-1.0',
      },
      config,
    );
  }
}

export class SendMessageCommand extends Command<sdk.SendMessageCommandInput, sdk.SendMessageCommandOutput> {
  override readonly target = 'AmazonSQS.SendMessage';
}
