import type * as sdk from '@aws-sdk/client-eventbridge';
import { Client, type ClientConfig, Command } from './client.ts';

/** EventBridge as `@aws-sdk/client-eventbridge` offers it. */
export class EventBridgeClient extends Client {
  constructor(config: ClientConfig = {}) {
    super(
      { id: 'EVENTBRIDGE', signingName: 'events', host: 'events', contentType: 'application/x-amz-json-1.1' },
      config,
    );
  }
}

export class PutEventsCommand extends Command<sdk.PutEventsCommandInput, sdk.PutEventsCommandOutput> {
  override readonly target = 'AWSEvents.PutEvents';

  /** Times travel as seconds. */
  override body(): string {
    const { Entries = [], ...rest } = this.input;
    return JSON.stringify({
      ...rest,
      Entries: Entries.map((entry) => ({ ...entry, Time: entry.Time && entry.Time.getTime() / 1000 })),
    });
  }
}
