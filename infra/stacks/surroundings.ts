import { ArnFormat, Fn, Stack } from 'aws-cdk-lib';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { accessPk, pk } from '../../shared/adapters/dynamodb/keys.ts';
import { ledgerPk } from '../../shared/adapters/dynamodb/ledger/ledger-keys.ts';
import { defaultPolicy, type Policy } from '../../shared/domain/policy.ts';
import { type Machine, operationMachines, orderMachines } from '../../shared/workflows/triggers.ts';
import type { Grant } from '../constructs/batuta-function.ts';
import type { EnvironmentName, FunctionSpec, GrantTarget } from '../functions/spec.ts';
import type { Settings } from '../settings.ts';
import type { DataStack } from './data.ts';
import type { DeployParameters } from './deploy-parameters.ts';

interface SurroundingsProps {
  settings: Settings;
  data: DataStack;
  parameters: DeployParameters;
  webhookQueue: IQueue;
  /** Asked only about functions that name a machine, after the machines are made. */
  machine(name: Machine): StateMachine;
}

/** What the names in the table of functions stand for in this installation. */
export class Surroundings {
  readonly #values: Record<EnvironmentName, () => string>;
  readonly #arns: Record<GrantTarget, () => string[]>;

  constructor(scope: Construct, { settings, data, parameters, webhookQueue, machine }: SurroundingsProps) {
    this.#values = {
      ACCESS_TABLE: () => data.access.tableName,
      AVATAX_API_BASE: () => only('tax=avatax', parameters.avataxApiBase),
      AVATAX_SECRET_ARN: () => only('tax=avatax', data.avataxSecret?.secretArn),
      STOCK_FEED_MACHINE_ARN: () => machine('stock-feed').stateMachineArn,
      DELIVERY_TABLE: () => data.delivery.tableName,
      DELIVER_DIGITAL_MACHINE_ARN: () => machine('deliver-digital').stateMachineArn,
      SITE_OUTAGE_MACHINE_ARN: () => machine('site-outage').stateMachineArn,
      FRAUD_PROVIDER: () => settings.fraud,
      EVENT_BUS: () => data.bus.eventBusName,
      INVENTORY_TABLE: () => data.inventory.tableName,
      MINFRAUD_API_BASE: () => only('fraud=minfraud', parameters.minfraudApiBase),
      MINFRAUD_SECRET_ARN: () => only('fraud=minfraud', data.minfraudSecret?.secretArn),
      ORDERS_TABLE: () => data.orders.tableName,
      ORDER_POLICY: () => JSON.stringify(policyOf(settings)),
      PAYMENT_PROVIDER: () => settings.payments,
      PLACE_ORDER_MACHINE_ARN: () => machine('place-order').stateMachineArn,
      REROUTE_MACHINE_ARN: () => machine('reroute').stateMachineArn,
      ROUTING_SIMULATION_MACHINE_ARN: () => machine('routing-simulation').stateMachineArn,
      SANDBOX_TABLE: () => data.sandbox.tableName,
      SENDER_ADDRESS: () => parameters.senderAddress,
      SETTLE_ORDER_MACHINE_ARN: () => machine('settle-order').stateMachineArn,
      SHIP_FULFILLMENT_MACHINE_ARN: () => machine('ship-fulfillment').stateMachineArn,
      STAGE: () => settings.stage,
      STRIPE_API_BASE: () => only('payments=stripe', parameters.stripeApiBase),
      STRIPE_SECRET_ARN: () => only('payments=stripe', data.stripeSecret?.secretArn),
      TAX_PROVIDER: () => settings.tax,
      TENANT_ID: () => settings.tenant,
      WEBHOOK_ALLOWED_NETWORKS: () => parameters.webhookAllowedNetworks,
      WEBHOOK_QUEUE_URL: () => webhookQueue.queueUrl,
    };
    this.#arns = {
      'access cursor secret': () => [data.access.tableArn],
      'access keys': () => [data.access.tableArn],
      'avatax secret': () => [only('tax=avatax', data.avataxSecret?.secretArn)],
      bus: () => [data.bus.eventBusArn],
      delivery: () => [data.delivery.tableArn],
      'delivery gsi1': () => [indexArn(data.delivery, 1)],
      executions: () => orderMachines.map((name) => executionsOf(scope, machine(name))),
      inventory: () => [data.inventory.tableArn],
      'inventory gsi1': () => [indexArn(data.inventory, 1)],
      'inventory gsi2': () => [indexArn(data.inventory, 2)],
      'feed machine': () => [machine('stock-feed').stateMachineArn],
      'simulation machine': () => [machine('routing-simulation').stateMachineArn],
      'outage machine': () => [machine('site-outage').stateMachineArn],
      'minfraud secret': () => [only('fraud=minfraud', data.minfraudSecret?.secretArn)],
      'operation machines': () => operationMachines.map((name) => machine(name).stateMachineArn),
      'order machines': () => orderMachines.map((name) => machine(name).stateMachineArn),
      orders: () => [data.orders.tableArn],
      'orders fraud': () => [data.orders.tableArn],
      'orders accounts': () => [data.orders.tableArn],
      'orders gsi1': () => [indexArn(data.orders, 1)],
      'orders gsi2': () => [indexArn(data.orders, 2)],
      'orders gsi3': () => [indexArn(data.orders, 3)],
      'orders ledger': () => [data.orders.tableArn],
      'orders simulations': () => [data.orders.tableArn],
      sandbox: () => [data.sandbox.tableArn],
      sender: () => senderIdentities(scope, parameters.senderAddress),
      'stripe secret': () => [only('payments=stripe', data.stripeSecret?.secretArn)],
      'webhook queue': () => [webhookQueue.queueArn],
    };
  }

  environment(spec: FunctionSpec): Record<string, string> {
    return Object.fromEntries(spec.environment.map((name) => [name, this.#values[name]()]));
  }

  grants(spec: FunctionSpec): Grant[] {
    const targets = Object.keys(this.#arns) as GrantTarget[];
    return targets.flatMap((target) => {
      const actions = spec.grants[target];
      return actions ? [{ actions, resources: this.#arns[target](), ...this.#limits(target) }] : [];
    });
  }

  #limits(target: GrantTarget): Partial<Grant> {
    if (target === 'executions')
      return { wildcard: 'Executions are named when they start; the machine is named here.' };
    // One table, two kinds of secrets: who reads keys cannot make any, and who makes the cursors' secret cannot touch keys.
    if (target === 'access keys') return partitions(accessPk.apiKey('*'));
    if (target === 'access cursor secret') return partitions(accessPk.cursorSecret);
    // Who sets the rules of screening cannot change an order.
    if (target === 'orders fraud') return partitions(pk.fraud('*'));
    // Gift cards are money: who serves them touches no order, and who simulates routing no card.
    if (target === 'orders accounts') return partitions(pk.account('*'));
    // Who simulates cannot change an order, whatever its code says.
    if (target === 'orders simulations') return partitions(pk.simulation('*'));
    // Who writes the books cannot change an order, whatever its code says.
    if (target === 'orders ledger') return partitions(ledgerPk.any);
    // An identity of SES may be a whole domain: only the one address may send.
    if (target === 'sender')
      return { conditions: { StringEquals: { 'ses:FromAddress': this.#values.SENDER_ADDRESS() } } };
    return {};
  }
}

const partitions = (like: string): Partial<Grant> => ({
  conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': like } },
});

const policyOf = ({
  backorder,
  capture,
  shippingCharge,
  splitKits,
  acceptWithinHours,
  cashLimits,
  refundLimits,
  fraudReviewHours,
}: Settings): Policy => ({
  ...defaultPolicy,
  fraudReviewDeadline: Math.round(fraudReviewHours * 3_600_000),
  backorder,
  capture,
  shippingCharge,
  splitKits,
  ...(cashLimits && { cashLimits }),
  ...(refundLimits && { refundLimits }),
  ...(acceptWithinHours !== undefined && { acceptWithin: Math.round(acceptWithinHours * 3_600_000) }),
});

function only(setting: string, value: string | undefined): string {
  if (value === undefined) throw new Error(`Only an installation with -c ${setting} has it`);
  return value;
}

/** Each by name: `index/*` would take in an index that a later version adds. */
function indexArn({ tableArn }: TableV2, number: 1 | 2 | 3): string {
  return `${tableArn}/index/gsi${number}`;
}

function executionsOf(scope: Construct, machine: StateMachine): string {
  return Stack.of(scope).formatArn({
    service: 'states',
    resource: `execution:${machine.stateMachineName}`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    resourceName: '*',
  });
}

/** SES checks the address if it was verified itself, else its domain. */
function senderIdentities(scope: Construct, address: string): string[] {
  const domain = Fn.select(1, Fn.split('@', address));
  return [address, domain].map((identity) =>
    Stack.of(scope).formatArn({ service: 'ses', resource: 'identity', resourceName: identity }),
  );
}
