import { CfnOutput, Stack } from 'aws-cdk-lib';
import { type EventPattern, Match } from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';
import { creditLedgerTypes } from '../../shared/domain/ledger/credit-postings.ts';
import { ledgerEventTypes } from '../../shared/domain/ledger/money-events.ts';
import { notifiedTypes } from '../../shared/notifications/notified-types.ts';
import { taxReportedTypes } from '../../shared/use-cases/report-taxes.ts';
import { type Machine, machines, triggeringEventTypes } from '../../shared/workflows/triggers.ts';
import { Alarms } from '../constructs/alarms.ts';
import { BatutaFunction } from '../constructs/batuta-function.ts';
import { Recurring } from '../constructs/recurring.ts';
import { SharedPackages } from '../constructs/shared-packages.ts';
import { StreamReader } from '../constructs/stream-reader.ts';
import { Subscriber } from '../constructs/subscriber.ts';
import { type Gathering, WorkedQueue } from '../constructs/worked-queue.ts';
import { Workflow } from '../constructs/workflow.ts';
import { screeningBy } from '../fraud.ts';
import { constructName, functionSpec, functions } from '../functions.ts';
import { payingThrough } from '../payments.ts';
import type { Settings } from '../settings.ts';
import { isNeeded, taxedThrough } from '../taxes.ts';
import type { DataStack } from './data.ts';
import { DeployParameters } from './deploy-parameters.ts';
import { Surroundings } from './surroundings.ts';

interface ApplicationProps {
  settings: Settings;
  data: DataStack;
}

/** Everything that can be made again from the repository: functions, machines, queues, schedules, alarms. The API is in a stack of its own. */
export class ApplicationStack extends Stack {
  readonly alarms: Alarms;
  readonly #stage: string;
  readonly #payments: Settings['payments'];
  readonly #tax: Settings['tax'];
  readonly #fraud: Settings['fraud'];
  readonly #data: DataStack;
  readonly #surroundings: Surroundings;
  readonly #packages: SharedPackages;
  readonly #functions = new Map<string, BatutaFunction>();

  constructor(scope: Construct, id: string, { settings, data }: ApplicationProps) {
    super(scope, id, { description: 'Batuta, an order management system: what can be made again' });
    this.#stage = settings.stage;
    this.#payments = settings.payments;
    this.#tax = settings.tax;
    this.#fraud = settings.fraud;
    this.#data = data;
    this.alarms = new Alarms(this, 'Alarms', { stage: settings.stage });
    this.#packages = new SharedPackages(this, 'Packages');
    const webhookQueue = this.#webhookQueue();
    const workflows = new Map<Machine, Workflow>();
    this.#surroundings = new Surroundings(this, {
      settings,
      data,
      parameters: new DeployParameters(this, settings),
      webhookQueue: webhookQueue.queue,
      machine: (name) => workflows.get(name)!.machine,
    });
    // Steps first: machines name them, and the other functions name the machines.
    this.#addFunctions((folder) => folder.startsWith('steps/'));
    for (const name of machines) workflows.set(name, this.#workflow(name, settings));
    this.#addFunctions((folder) => !folder.startsWith('steps/'));
    webhookQueue.workedOffBy(this.functionOf('subscribers/deliver-webhook'));
    this.#readStreams();
    this.#subscribe();
    this.#subscribeToSettlements();
    this.#schedule();
    this.#output();
  }

  /** @throws Error if there is no such function */
  functionOf(folder: string): BatutaFunction {
    const found = this.#functions.get(folder);
    if (!found) throw new Error(`infra/functions has no function ${folder}`);
    return found;
  }

  #addFunctions(wanted: (folder: string) => boolean): void {
    const here = functions.filter(({ folder }) => isNeeded(folder, this.#tax) && wanted(folder));
    for (const each of here) {
      const spec = screeningBy(this.#fraud, taxedThrough(this.#tax, payingThrough(this.#payments, each)));
      const made = new BatutaFunction(this, constructName(spec.folder), {
        stage: this.#stage,
        spec,
        environment: this.#surroundings.environment(spec),
        packages: this.#packages,
      });
      for (const grant of this.#surroundings.grants(spec)) made.grant(grant);
      this.#functions.set(spec.folder, made);
    }
  }

  #workflow(name: Machine, settings: Settings): Workflow {
    const steps = [...this.#functions].filter(([folder]) => folder.startsWith('steps/'));
    // A machine may be called after its only step.
    const id = constructName(name);
    return new Workflow(this, this.node.tryFindChild(id) ? `${id}Workflow` : id, {
      settings,
      name,
      steps: new Map(steps.map(([folder, step]) => [constructName(folder), step])),
      alarms: this.alarms,
    });
  }

  #webhookQueue(): WorkedQueue {
    return new WorkedQueue(this, 'WebhookDeliveries', {
      stage: this.#stage,
      name: 'webhook-deliveries',
      functionTimeout: functionSpec('subscribers/deliver-webhook').timeout,
      deadLettersMean:
        'Webhook attempts failed inside Batuta, not at the endpoint: those partners are not told until the next sweep.',
      alarms: this.alarms,
    });
  }

  #readStreams(): void {
    const common = {
      tables: { orders: this.#data.orders, inventory: this.#data.inventory },
      failedRecordsArn: this.#data.failedRecordsArn,
      alarms: this.alarms,
    };
    new StreamReader(this, 'PublishEventsStreams', {
      ...common,
      name: 'publish-events',
      reader: this.functionOf('streams/publish-events'),
      // Partners and mails can wait a second; thirteen invocations an order become one or two.
      gathers: true,
      isBehind: 'webhooks and mails are late; orders go on.',
    });
    new StreamReader(this, 'StartWorkflowsStreams', {
      ...common,
      name: 'start-workflows',
      reader: this.functionOf('streams/start-workflows'),
      eventTypes: triggeringEventTypes,
      // Two readers of a stream are what DynamoDB advises at most: what watches stock lives with what watches supply.
      bucketsOf: 'inventory',
      isBehind: 'orders wait; stuck-orders starts them again within minutes of this being repaired.',
    });
  }

  #subscribe(): void {
    this.#subscriber('fan-out-webhooks', {
      description: 'Every event of ours may be wanted by a webhook endpoint',
      pattern: { source: Match.prefix('oms.') },
      deadLettersMean:
        'Events could not be turned into webhook deliveries: partners miss them until they are redriven.',
      // Most events are wanted by nobody: that is seen once for all of a second.
      gathering: { batchSize: 50, window: 1 },
    });
    this.#subscriber('notify-customer', {
      description: 'Events that the customer gets a mail about',
      pattern: { source: ['oms.orders'], detailType: notifiedTypes.map((type) => `${type}.v1`) },
      deadLettersMean: 'Mails to customers could not be sent: those customers do not know of their order or parcel.',
      gathering: { batchSize: 10, window: 1 },
    });
    this.#subscriber('post-ledger', {
      description: 'Events that move money in the books',
      pattern: {
        source: ['oms.orders', 'oms.credit'],
        detailType: [...ledgerEventTypes, ...creditLedgerTypes].map((type) => `${type}.v1`),
      },
      deadLettersMean: 'Movements of money are missing from the books until they are redriven; orders go on.',
      // Books may be half a minute behind. All invocations add to the same totals: two of them meet rarely.
      gathering: { batchSize: 200, window: 20, mostAtOnce: 2 },
    });
    if (isNeeded('subscribers/report-taxes', this.#tax)) {
      this.#subscriber('report-taxes', {
        description: 'Documents that the tax provider files, and quotes that it may forget',
        pattern: { source: ['oms.orders'], detailType: taxReportedTypes.map((type) => `${type}.v1`) },
        deadLettersMean:
          'Invoices or credit memos are not reported to the tax provider: it would file too little or too much.',
      });
    }
  }

  #subscribeToSettlements(): void {
    this.#subscriber('reconcile-settlement', {
      description: 'Settlement files that are complete',
      pattern: { source: ['oms.ledger'], detailType: ['settlement.submitted.v1'] },
      deadLettersMean:
        'A settlement file was not reconciled: nothing of it is lost, and its money is not in the books yet.',
    });
  }

  #subscriber(
    name: string,
    props: { description: string; pattern: EventPattern; deadLettersMean: string; gathering?: Gathering },
  ): void {
    new Subscriber(this, `${constructName(name)}Subscription`, {
      ...props,
      stage: this.#stage,
      name,
      bus: this.#data.bus,
      worker: this.functionOf(`subscribers/${name}`),
      alarms: this.alarms,
    });
  }

  #schedule(): void {
    const common = { stage: this.#stage, alarms: this.alarms };
    new Recurring(this, 'DueTimersSchedule', {
      ...common,
      name: 'due-timers',
      rate: 'rate(1 minute)',
      target: this.functionOf('schedules/due-timers'),
      isDown: 'deadlines pass unnoticed and webhooks are not tried again; all of it is made up for when it runs again.',
    });
    new Recurring(this, 'StuckOrdersSchedule', {
      ...common,
      name: 'stuck-orders',
      rate: 'rate(5 minutes)',
      target: this.functionOf('schedules/stuck-orders'),
      isDown: 'an order whose workflow was lost is not started again until it runs.',
    });
    new Recurring(this, 'TendLedgerSchedule', {
      ...common,
      name: 'tend-ledger',
      rate: 'rate(1 hour)',
      target: this.functionOf('schedules/tend-ledger'),
      isDown:
        'accounting is not told of days that are over; the books themselves go on, and are told of when it runs again.',
    });
  }

  #output(): void {
    const outputs = {
      BusName: this.#data.bus.eventBusName,
      OrdersTable: this.#data.orders.tableName,
      InventoryTable: this.#data.inventory.tableName,
      DeliveryTable: this.#data.delivery.tableName,
      AccessTable: this.#data.access.tableName,
      SandboxTable: this.#data.sandbox.tableName,
      FailedRecordsBucket: this.#data.failedRecords.bucketName,
      AlarmTopicArn: this.alarms.topic.topicArn,
    };
    if (this.#data.stripeSecret) new CfnOutput(this, 'StripeSecretArn', { value: this.#data.stripeSecret.secretArn });
    if (this.#data.avataxSecret) new CfnOutput(this, 'AvataxSecretArn', { value: this.#data.avataxSecret.secretArn });
    if (this.#data.minfraudSecret) {
      new CfnOutput(this, 'MinFraudSecretArn', { value: this.#data.minfraudSecret.secretArn });
    }
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }
}
