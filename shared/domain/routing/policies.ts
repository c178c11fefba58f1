import * as z from 'zod';

const Weight = z.number().min(0).max(1000);

/** How much each term of the score counts. 1 takes its money at face value, 0 leaves it out. */
export const Weights = z.object({
  /** Freight, pick, pack and duty. */
  cost: Weight,
  /** Hours after the promise, squared. */
  lateness: Weight,
  /** Hours until arrival, promise or none. */
  speed: Weight,
  parcels: Weight,
  distance: Weight,
  cover: Weight,
  utilization: Weight,
  markdown: Weight,
  reject: Weight,
  priority: Weight,
});
export type Weights = z.infer<typeof Weights>;

const Rate = z.number().min(0).max(1_000_000_000);

/** What turns hours, kilometers and risks into money: minor units, so that a merchant can read and argue every weight. */
export const Rates = z.object({
  /** An hour late costs once, two hours four times, three nine times. */
  lateHourSquared: Rate,
  /** An hour until a parcel is there. */
  hour: Rate,
  extraParcel: Rate,
  kilometer: Rate,
  /** Taking a stock that would last for ever down to nothing. */
  scarcity: Rate,
  /** A site at 100 %; `utilization ^ utilizationPower` of it below. */
  fullSite: Rate,
  utilizationPower: z.number().min(1).max(10),
  /** An order that the site refuses: it has to be routed again. */
  rejection: Rate,
  /** Each point of priority below 1,000. */
  priorityPoint: Rate,
});
export type Rates = z.infer<typeof Rates>;

export const Policy = z.object({
  name: z.string().min(1).max(64),
  version: z.string().min(1).max(64),
  weights: Weights,
  rates: Rates,
});
export type Policy = z.infer<typeof Policy>;

export const PolicyName = z.enum(['cheapest', 'fastest', 'fewest_parcels', 'nearest', 'protect_stock', 'by_priority']);
export type PolicyName = z.infer<typeof PolicyName>;

const base: Weights = {
  cost: 1,
  lateness: 1,
  speed: 0,
  parcels: 1,
  distance: 0,
  cover: 0,
  utilization: 0,
  markdown: 0,
  reject: 1,
  priority: 0,
};

/** The ready-made weight sets. What is not named keeps its face value, so that ties between equals are still broken by money. */
export const policyWeights: Readonly<Record<PolicyName, Weights>> = {
  cheapest: { ...base, markdown: 1 },
  fastest: { ...base, lateness: 100, speed: 100 },
  fewest_parcels: { ...base, parcels: 100 },
  nearest: { ...base, distance: 100 },
  protect_stock: { ...base, cover: 100, utilization: 1 },
  /** The order in which the merchant ranked the sites, with as few of them as can be. */
  by_priority: { ...base, priority: 100, parcels: 1000 },
};
