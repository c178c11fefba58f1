import type * as sdk from '@aws-sdk/client-sesv2';
import { Client, type ClientConfig, Command } from './client.ts';
import { ServiceException } from './service-exception.ts';

/** SES as `@aws-sdk/client-sesv2` offers it. */
export class SESv2Client extends Client {
  constructor(config: ClientConfig = {}) {
    super(
      {
        id: 'SESV2',
        signingName: 'ses',
        host: 'email',
        contentType: 'application/json',
        classOf: () => SESv2ServiceException,
      },
      config,
    );
  }
}

export class SESv2ServiceException extends ServiceException {}

export class SendEmailCommand extends Command<sdk.SendEmailCommandInput, sdk.SendEmailCommandOutput> {
  override readonly path = '/v2/email/outbound-emails';
}
