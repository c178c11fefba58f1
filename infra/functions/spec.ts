/** Environment variables that a function may ask for; the application stack knows their values. */
export type EnvironmentName =
  | 'AVATAX_API_BASE'
  | 'AVATAX_SECRET_ARN'
  | 'TAX_PROVIDER'
  | 'ACCESS_TABLE'
  | 'STOCK_FEED_MACHINE_ARN'
  | 'DELIVERY_TABLE'
  | 'DELIVER_DIGITAL_MACHINE_ARN'
  | 'EVENT_BUS'
  | 'FRAUD_PROVIDER'
  | 'SITE_OUTAGE_MACHINE_ARN'
  | 'INVENTORY_TABLE'
  | 'MINFRAUD_API_BASE'
  | 'MINFRAUD_SECRET_ARN'
  | 'ORDERS_TABLE'
  | 'ORDER_POLICY'
  | 'PAYMENT_PROVIDER'
  | 'PLACE_ORDER_MACHINE_ARN'
  | 'REROUTE_MACHINE_ARN'
  | 'ROUTING_SIMULATION_MACHINE_ARN'
  | 'SANDBOX_TABLE'
  | 'SENDER_ADDRESS'
  | 'SETTLE_ORDER_MACHINE_ARN'
  | 'SHIP_FULFILLMENT_MACHINE_ARN'
  | 'STAGE'
  | 'STRIPE_API_BASE'
  | 'STRIPE_SECRET_ARN'
  | 'TENANT_ID'
  | 'WEBHOOK_ALLOWED_NETWORKS'
  | 'WEBHOOK_QUEUE_URL';

/** What a grant is about; the application stack knows the ARNs. */
export type GrantTarget =
  | 'avatax secret'
  | 'access cursor secret'
  | 'access keys'
  | 'bus'
  | 'delivery'
  | 'delivery gsi1'
  | 'executions'
  | 'feed machine'
  | 'inventory'
  | 'inventory gsi1'
  | 'inventory gsi2'
  | 'minfraud secret'
  | 'operation machines'
  | 'order machines'
  | 'orders'
  | 'orders fraud'
  | 'orders accounts'
  | 'orders gsi1'
  | 'orders gsi2'
  | 'orders gsi3'
  | 'orders ledger'
  | 'orders simulations'
  | 'outage machine'
  | 'sandbox'
  | 'sender'
  | 'simulation machine'
  | 'stripe secret'
  | 'webhook queue';

export interface FunctionSpec {
  /** Under `functions/`; `handler.ts` in it exports `handler`. */
  folder: string;
  description: string;
  /** MB. CPU comes with memory: 512 where a person waits for the cold start, 256 elsewhere. */
  memory: 256 | 512;
  /** Seconds. */
  timeout: number;
  environment: readonly EnvironmentName[];
  grants: Readonly<Partial<Record<GrantTarget, readonly string[]>>>;
}
