import { randomUUID } from 'node:crypto';
import type * as sdk from '@aws-sdk/client-dynamodb';
import { Client, type ClientConfig, Command } from './client.ts';
import { ServiceException } from './service-exception.ts';

/** DynamoDB as `@aws-sdk/client-dynamodb` offers it. Attributes are as they travel: binary ones, which nothing here has, would have to be encoded. */
export class DynamoDBClient extends Client {
  constructor(config: ClientConfig = {}) {
    super(
      {
        id: 'DYNAMODB',
        signingName: 'dynamodb',
        host: 'dynamodb',
        contentType: 'application/x-amz-json-1.0',
        classOf: (name) =>
          name === 'ConditionalCheckFailedException' ? ConditionalCheckFailedException : DynamoDBServiceException,
      },
      config,
    );
  }
}

export class DynamoDBServiceException extends ServiceException {}
export class ConditionalCheckFailedException extends DynamoDBServiceException {}

const target = (operation: string) => `DynamoDB_20120810.${operation}`;

export class GetItemCommand extends Command<sdk.GetItemCommandInput, sdk.GetItemCommandOutput> {
  override readonly target = target('GetItem');
}

export class PutItemCommand extends Command<sdk.PutItemCommandInput, sdk.PutItemCommandOutput> {
  override readonly target = target('PutItem');
}

export class UpdateItemCommand extends Command<sdk.UpdateItemCommandInput, sdk.UpdateItemCommandOutput> {
  override readonly target = target('UpdateItem');
}

export class DeleteItemCommand extends Command<sdk.DeleteItemCommandInput, sdk.DeleteItemCommandOutput> {
  override readonly target = target('DeleteItem');
}

export class QueryCommand extends Command<sdk.QueryCommandInput, sdk.QueryCommandOutput> {
  override readonly target = target('Query');
}

export class BatchGetItemCommand extends Command<sdk.BatchGetItemCommandInput, sdk.BatchGetItemCommandOutput> {
  override readonly target = target('BatchGetItem');
}

export class TransactWriteItemsCommand extends Command<
  sdk.TransactWriteItemsCommandInput,
  sdk.TransactWriteItemsCommandOutput
> {
  override readonly target = target('TransactWriteItems');

  /** With a token, so that an attempt after one whose answer was lost does nothing a second time. */
  override body(): string {
    return JSON.stringify({ ...this.input, ClientRequestToken: this.input.ClientRequestToken ?? randomUUID() });
  }
}
