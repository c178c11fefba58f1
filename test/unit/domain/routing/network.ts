import { LocationId, lineId, Sku } from '../../../../shared/domain/ids.ts';
import { Currency } from '../../../../shared/domain/money.ts';
import type { Need, RoutingInput, Rule, Site } from '../../../../shared/domain/routing/input.ts';
import { type Policy, type PolicyName, policyWeights } from '../../../../shared/domain/routing/policies.ts';

export const now = Date.UTC(2026, 10, 23, 9);
export const day = 86_400_000;
export const eur = Currency.parse('EUR');
export const at = (id: string): LocationId => LocationId.parse(id);
export const sku = (text: string): Sku => Sku.parse(text);

/** A site in Spain that ships with one service, opens today and holds what it is told. */
export const site = (id: string, stock: Record<string, number>, changes: Partial<Site> = {}): Site => ({
  locationId: at(id),
  kind: 'warehouse',
  country: 'ES',
  timeZone: 'Europe/Madrid',
  enabled: true,
  inSegment: true,
  groups: [],
  priority: 500,
  capabilities: ['ship'],
  departures: [{ service: 'standard', earliestAt: now }],
  processingMinutes: 0,
  capacity: {},
  stock: Object.entries(stock).map(([name, available]) => ({ sku: sku(name), available, safetyStock: 0 })),
  pickCost: 10,
  packCost: 50,
  dutyBasisPoints: 0,
  zones: [{ zone: 'home', countries: ['ES'] }],
  rates: [{ zone: 'home', service: 'standard', perParcel: 400, perKilogram: 0, transitDays: 2 }],
  rejectRate: 0,
  utilization: 0,
  ...changes,
});

export const need = (n: number, name: string, quantity: number, changes: Partial<Need> = {}): Need => ({
  lineId: lineId(n),
  sku: sku(name),
  quantity,
  splittable: true,
  requiredCapabilities: [],
  unitWeight: 1000,
  unitValue: 2000,
  ...changes,
});

export const policy = (name: PolicyName): Policy => ({
  name,
  version: '1',
  weights: policyWeights[name],
  rates: {
    lateHourSquared: 10,
    hour: 5,
    extraParcel: 300,
    kilometer: 1,
    scarcity: 1000,
    fullSite: 500,
    utilizationPower: 2,
    rejection: 400,
    priorityPoint: 1,
  },
});

type LooseRule = Partial<Omit<Rule, 'locationFilter'>> & { locationFilter?: Partial<Rule['locationFilter']> };

export const rule = ({ locationFilter, ...changes }: LooseRule = {}): Rule => ({
  name: 'any',
  orderFilter: {},
  locationFilter: { safetyStock: 'keep', respectCapacity: true, meetPromise: true, ...locationFilter },
  allowPartial: true,
  maxParcels: 3,
  minParcelValue: 0,
  onFail: 'backorder',
  ...changes,
});

export const question = (needs: Need[], sites: Site[], changes: Partial<RoutingInput> = {}): RoutingInput => ({
  now,
  currency: eur,
  order: { storefront: 'web', channel: 'web', priority: 0, value: 10_000, tags: [], placedAt: now },
  delivery: { method: 'ship', country: 'ES', postalCode: '28001' },
  needs,
  sites,
  restrictions: [],
  rejectedSites: [],
  rules: [rule()],
  policy: policy('cheapest'),
  budget: 20_000,
  ...changes,
});
