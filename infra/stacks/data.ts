import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AttributeType, Billing, ProjectionType, StreamViewType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus, Match } from 'aws-cdk-lib/aws-events';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { acknowledge } from '../constructs/acknowledge.ts';
import type { Settings } from '../settings.ts';

interface TableOptions {
  /** Named gsi1, gsi2, …, with keys gsi1pk and gsi1sk, …; KEYS_ONLY: readers fetch the items, so that a listing is never older than its index. */
  indexes?: number;
  stream?: boolean;
  expires?: boolean;
}

/** What must survive every deploy: tables, the bus with its archive, records that a stream's reader gave up on. */
export class DataStack extends Stack {
  readonly orders: TableV2;
  readonly inventory: TableV2;
  readonly delivery: TableV2;
  readonly access: TableV2;
  readonly sandbox: TableV2;
  readonly bus: EventBus;
  readonly failedRecords: Bucket;
  /** Stripe's key, where payments go to Stripe. */
  readonly stripeSecret: Secret | undefined;
  readonly avataxSecret: Secret | undefined;
  /** MaxMind's account and license key, where it judges orders. */
  readonly minfraudSecret: Secret | undefined;
  /** For other stacks. */
  readonly failedRecordsArn: string;
  readonly #keep: boolean;

  constructor(scope: Construct, id: string, { settings }: { settings: Settings }) {
    super(scope, id, { description: 'Batuta, an order management system: what must not be lost' });
    this.#keep = settings.stage !== 'dev';
    this.orders = this.#table('Orders', { indexes: 3, stream: true, expires: true });
    this.inventory = this.#table('Inventory', { indexes: 2, stream: true, expires: true });
    this.delivery = this.#table('Delivery', { indexes: 1, expires: true });
    this.access = this.#table('Access', { expires: true });
    this.sandbox = this.#table('Sandbox', {});
    this.bus = new EventBus(this, 'Bus', { eventBusName: `batuta-${settings.stage}` });
    this.bus.archive('Archive', {
      archiveName: `batuta-${settings.stage}`,
      description: 'Every event of the last 30 days, to replay to a subscriber that lost some',
      eventPattern: { source: Match.prefix('oms.') },
      retention: Duration.days(30),
    });
    this.failedRecords = this.#failedRecordsBucket();
    this.stripeSecret = settings.payments === 'stripe' ? this.#stripeSecret(settings.stage) : undefined;
    this.avataxSecret = settings.tax === 'avatax' ? this.#avataxSecret(settings.stage) : undefined;
    this.minfraudSecret = settings.fraud === 'minfraud' ? this.#minfraudSecret(settings.stage) : undefined;
    this.failedRecordsArn = this.exportValue(this.failedRecords.bucketArn);
  }

  get #removalPolicy(): RemovalPolicy {
    // Retained, but not when the very first create fails: what is left would stand in the way of the next try.
    return this.#keep ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;
  }

  #table(id: string, { indexes = 0, stream, expires }: TableOptions): TableV2 {
    const key = (name: string) => ({ name, type: AttributeType.STRING });
    return new TableV2(this, id, {
      partitionKey: key('pk'),
      sortKey: key('sk'),
      billing: Billing.onDemand(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: this.#keep,
      removalPolicy: this.#removalPolicy,
      ...(stream ? { dynamoStream: StreamViewType.NEW_IMAGE } : {}),
      ...(expires ? { timeToLiveAttribute: 'expiresAt' } : {}),
      globalSecondaryIndexes: Array.from({ length: indexes }, (_, index) => ({
        indexName: `gsi${index + 1}`,
        partitionKey: key(`gsi${index + 1}pk`),
        sortKey: key(`gsi${index + 1}sk`),
        projectionType: ProjectionType.KEYS_ONLY,
      })),
    });
  }

  /** Made without a key: the operator puts it in after the deploy (docs/payments.md), so that it is in no template. */
  #stripeSecret(stage: string): Secret {
    const secret = new Secret(this, 'Stripe', {
      secretName: `batuta-${stage}/stripe`,
      description: 'Stripe: {"secretKey":"rk_live_…","webhookSecret":"whsec_…"}',
      removalPolicy: this.#removalPolicy,
    });
    acknowledge(secret, {
      'AwsSolutions-SMG4':
        'A key of Stripe is rolled at Stripe, by its owner; the functions read a new one within minutes.',
    });
    return secret;
  }

  /** Made without a license key, as Stripe's (docs/tax.md). */
  #avataxSecret(stage: string): Secret {
    const secret = new Secret(this, 'Avatax', {
      secretName: `batuta-${stage}/avatax`,
      description: 'Avalara AvaTax: {"accountId":"…","licenseKey":"…","companyCode":"…"}',
      removalPolicy: this.#removalPolicy,
    });
    acknowledge(secret, {
      'AwsSolutions-SMG4':
        'A license key of Avalara is renewed at Avalara, by its owner; the functions read a new one within minutes.',
    });
    return secret;
  }

  /** Made without a key, as Stripe's. */
  #minfraudSecret(stage: string): Secret {
    const secret = new Secret(this, 'MinFraud', {
      secretName: `batuta-${stage}/minfraud`,
      description: 'minFraud: {"accountId":"…","licenseKey":"…"}',
      removalPolicy: this.#removalPolicy,
    });
    acknowledge(secret, {
      'AwsSolutions-SMG4':
        'A license key of MaxMind is rolled at MaxMind, by its owner; the function reads a new one within minutes.',
    });
    return secret;
  }

  /** Whole records: a queue would get only a pointer into the stream, which forgets after 24 hours. */
  #failedRecordsBucket(): Bucket {
    const bucket = new Bucket(this, 'FailedRecords', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      lifecycleRules: [{ expiration: Duration.days(90) }],
      removalPolicy: this.#removalPolicy,
    });
    acknowledge(bucket, {
      'AwsSolutions-S1':
        'Written by Lambda only, rarely, and read by the operator: access logs would be a second bucket to guard.',
    });
    return bucket;
  }
}
