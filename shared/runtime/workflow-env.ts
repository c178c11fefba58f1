import * as z from 'zod';
import type { Machine } from '../workflows/triggers.ts';
import { parseEnv, requiredVariable } from './env.ts';

export function machineArns(): Record<Machine, string> {
  const env = parseEnv(
    z.object({
      PLACE_ORDER_MACHINE_ARN: requiredVariable,
      SHIP_FULFILLMENT_MACHINE_ARN: requiredVariable,
      DELIVER_DIGITAL_MACHINE_ARN: requiredVariable,
      SETTLE_ORDER_MACHINE_ARN: requiredVariable,
      REROUTE_MACHINE_ARN: requiredVariable,
      SITE_OUTAGE_MACHINE_ARN: requiredVariable,
      STOCK_FEED_MACHINE_ARN: requiredVariable,
      ROUTING_SIMULATION_MACHINE_ARN: requiredVariable,
    }),
  );
  return {
    'place-order': env.PLACE_ORDER_MACHINE_ARN,
    'ship-fulfillment': env.SHIP_FULFILLMENT_MACHINE_ARN,
    'deliver-digital': env.DELIVER_DIGITAL_MACHINE_ARN,
    'settle-order': env.SETTLE_ORDER_MACHINE_ARN,
    reroute: env.REROUTE_MACHINE_ARN,
    'site-outage': env.SITE_OUTAGE_MACHINE_ARN,
    'stock-feed': env.STOCK_FEED_MACHINE_ARN,
    'routing-simulation': env.ROUTING_SIMULATION_MACHINE_ARN,
  };
}

export const ordersTable = (): string => parseEnv(z.object({ ORDERS_TABLE: requiredVariable })).ORDERS_TABLE;
