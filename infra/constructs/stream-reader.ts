import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { EventSourceMapping, MetricType, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Alarms } from './alarms.ts';
import type { BatutaFunction } from './batuta-function.ts';

export interface StreamReaderProps {
  name: string;
  reader: BatutaFunction;
  /** By a name in lower case. */
  tables: Record<string, TableV2>;
  /** Reads only event rows of these types. Default: of every type. */
  eventTypes?: readonly string[];
  /** Of the table with this name, reads buckets of stock, too, when they are empty or a threshold watches them. */
  bucketsOf?: string;
  /** Gathers records for up to a second before it reads them, so that one invocation serves many. Default: reads at once. */
  gathers?: boolean;
  /** ARN of the bucket for records that the reader gave up on. */
  failedRecordsArn: string;
  /** What it means for people that this reader is behind, for the alarms; a sentence after a colon. */
  isBehind: string;
  alarms: Alarms;
}

/** A function that reads the event rows of tables as they are committed. */
export class StreamReader extends Construct {
  constructor(scope: Construct, id: string, props: StreamReaderProps) {
    super(scope, id);
    const { reader, tables, failedRecordsArn } = props;
    // What Lambda needs to write a failed record: the bucket's existence, and objects under its own prefix.
    reader.grant({ actions: ['s3:ListBucket'], resources: [failedRecordsArn] });
    reader.grant({
      actions: ['s3:PutObject'],
      resources: [`${failedRecordsArn}/aws/lambda/*`],
      wildcard: 'Lambda names the objects by mapping, shard and time.',
    });
    reader.grant({
      actions: ['dynamodb:ListStreams'],
      resources: ['*'],
      wildcard: 'Creating a mapping checks for ListStreams, which takes no resource.',
    });
    const mappings = new Map(Object.entries(tables).map(([name, table]) => [name, this.#mapping(name, table, props)]));
    this.#alarms(props, mappings);
  }

  #mapping(
    name: string,
    table: TableV2,
    { reader, eventTypes, bucketsOf, gathers, failedRecordsArn }: StreamReaderProps,
  ): EventSourceMapping {
    if (!table.tableStreamArn) throw new Error(`Table ${name} has no stream`);
    reader.grant({
      actions: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
      resources: [table.tableStreamArn],
    });
    return new EventSourceMapping(this, `${name}-stream`, {
      target: reader.lambda,
      eventSourceArn: table.tableStreamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 100,
      ...(gathers && { maxBatchingWindow: Duration.seconds(1) }),
      filters: [eventRows(eventTypes), ...(bucketsOf === name ? watchedBuckets() : [])],
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
      // A poison record holds up its shard. With waits that double from a second these ten tries end before an hour; then it goes to the
      // bucket, long before the stream forgets what stands behind it (24 hours).
      retryAttempts: 10,
      maxRecordAge: Duration.hours(12),
      onFailure: { bind: () => ({ destination: failedRecordsArn }) },
      metricsConfig: { metrics: [MetricType.EVENT_COUNT] },
    });
  }

  #alarms({ alarms, name, reader, isBehind }: StreamReaderProps, mappings: Map<string, EventSourceMapping>): void {
    alarms.add({
      name: `${name}-late`,
      meaning: `${name} is more than a minute behind the tables: ${isBehind}`,
      metric: reader.lambda.metric('IteratorAge', { period: Duration.minutes(1), statistic: 'Maximum' }),
      threshold: 60_000,
      evaluationPeriods: 3,
    });
    alarms.add({
      name: `${name}-errors`,
      meaning: `${name} fails; each failing batch is tried again, and until then ${isBehind}`,
      metric: reader.lambda.metricErrors({ period: Duration.minutes(5), statistic: 'Sum' }),
      threshold: 0,
      evaluationPeriods: 2,
    });
    alarms.add({
      name: `${name}-gave-up`,
      meaning: `${name} gave up on records and put them into the bucket of failed records: ${isBehind}`,
      metric: gaveUp(mappings),
      threshold: 0,
    });
  }
}

/** Counted by mapping only: Lambda has no such metric for a function. */
function gaveUp(mappings: Map<string, EventSourceMapping>): MathExpression {
  const period = Duration.minutes(5);
  const usingMetrics = Object.fromEntries(
    [...mappings].map(([id, mapping]) => [
      id,
      new Metric({
        namespace: 'AWS/Lambda',
        metricName: 'OnFailureDestinationDeliveredEventCount',
        dimensionsMap: { EventSourceMappingUUID: mapping.eventSourceMappingId },
        statistic: 'Sum',
        period,
      }),
    ]),
  );
  const expression = [...mappings.keys()].map((id) => `FILL(${id}, 0)`).join(' + ');
  return new MathExpression({ label: 'Records given up on', expression, usingMetrics, period });
}

/** Event rows are only ever inserted; their sort key begins with EVENT#. */
function eventRows(types: readonly string[] | undefined) {
  const pattern = {
    eventName: ['INSERT'],
    dynamodb: {
      Keys: { sk: { S: [{ prefix: 'EVENT#' }] } },
      ...(types ? { NewImage: { type: { S: types } } } : {}),
    },
  };
  return { pattern: JSON.stringify(pattern) };
}

/**
 * A bucket is news when nothing is left of it, when that or a low level was announced of it (then anything may be), or when its SKU has a
 * threshold. All others change without waking anybody.
 */
function watchedBuckets() {
  const watched = [
    { available: { N: ['0'] } },
    { announced: { S: [{ exists: true }] } },
    { lowAt: { N: [{ exists: true }] } },
  ];
  return watched.map((NewImage) => {
    const dynamodb = { Keys: { sk: { S: [{ prefix: 'LOC#' }] } }, NewImage };
    return { pattern: JSON.stringify({ eventName: ['INSERT', 'MODIFY'], dynamodb }) };
  });
}
