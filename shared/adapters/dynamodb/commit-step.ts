import { type DynamoDBClient, type TransactWriteItem, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';

/** False when somebody was faster, or at it. */
export async function commitStep(client: DynamoDBClient, actions: TransactWriteItem[]): Promise<boolean> {
  try {
    await client.send(new TransactWriteItemsCommand({ TransactItems: actions }));
    return true;
  } catch (error) {
    const { name, CancellationReasons: reasons } = error as {
      name?: string;
      CancellationReasons?: { Code?: string }[];
    };
    const lost = ['ConditionalCheckFailed', 'TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'];
    if (name === 'TransactionInProgressException') return false;
    if (name === 'TransactionCanceledException' && reasons?.some(({ Code }) => lost.includes(Code ?? ''))) return false;
    throw error;
  }
}
