import type { ReasonCode } from '../../../../shared/domain/routing/decision.ts';
import type { Need, RoutingInput, Site } from '../../../../shared/domain/routing/input.ts';

/**
 * Why a site cannot serve, told a second time: written from the model's list of filters (domain terms), not from the engine's code, and only for
 * the questions of `randomQuestion` (shipping, one zone, one rule).
 */
const filterOf = (input: RoutingInput) => input.rules[0]!.locationFilter;

export interface Way {
  service: string;
  arrivalAt: number;
  perParcel: number;
  perKilogram: number;
}

const offered = (site: Site, input: RoutingInput) =>
  site.rates.filter(({ service }) => !input.delivery.service || service === input.delivery.service);

/** The services that leave at all. */
function open(site: Site, input: RoutingInput): Way[] {
  return offered(site, input).flatMap(({ service, perParcel, perKilogram, transitDays }) => {
    const leaves = site.departures.find((one) => one.service === service)?.earliestAt ?? null;
    if (leaves === null) return [];
    const ready = input.now + site.processingMinutes * 60_000;
    return [{ service, perParcel, perKilogram, arrivalAt: Math.max(leaves, ready) + transitDays * 86_400_000 }];
  });
}

const inTime = (input: RoutingInput) => (way: Way) =>
  !filterOf(input).meetPromise || input.delivery.neededBy === undefined || way.arrivalAt <= input.delivery.neededBy;

export const waysOf = (site: Site, input: RoutingInput): Way[] => open(site, input).filter(inTime(input));

/** Along one parallel the great circle needs no haversine: the chord between two points gives the angle. */
export function kilometers(site: Site, input: RoutingInput): number | undefined {
  if (!site.geo || !input.delivery.geo) return undefined;
  const point = ({ latitude, longitude }: { latitude: number; longitude: number }) => {
    const [lat, lon] = [(latitude * Math.PI) / 180, (longitude * Math.PI) / 180];
    return [Math.cos(lat) * Math.cos(lon), Math.cos(lat) * Math.sin(lon), Math.sin(lat)] as const;
  };
  const [a, b] = [point(site.geo), point(input.delivery.geo)];
  const chord = Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
  return 2 * 6371.0088 * Math.asin(chord / 2);
}

const siteChecks: Partial<Record<ReasonCode, (site: Site, input: RoutingInput) => boolean>> = {
  DISABLED: (site) => !site.enabled,
  NOT_IN_SEGMENT: (site) => !site.inSegment,
  REJECTED_BEFORE: (site, input) => input.rejectedSites.includes(site.locationId),
  NO_CAPABILITY: (site, input) =>
    !site.capabilities.includes('ship') || (sends(site, input) && offered(site, input).length === 0),
  RESTRICTED: (site, input) => site.capabilities.includes('ship') && !sends(site, input),
  CLOSED: (site, input) => reachable(site, input) && open(site, input).length === 0,
  MISSES_PROMISE: (site, input) =>
    reachable(site, input) && open(site, input).length > 0 && waysOf(site, input).length === 0,
  OUT_OF_RADIUS: (site, input) => {
    const { radiusKm } = filterOf(input);
    return radiusKm !== undefined && (kilometers(site, input) ?? Number.POSITIVE_INFINITY) > radiusKm;
  },
  NO_CAPACITY: (site, input) =>
    filterOf(input).respectCapacity && (site.capacity.ordersLeft === 0 || site.capacity.unitsLeft === 0),
};

const sends = (site: Site, input: RoutingInput) =>
  site.zones.some(({ countries }) => countries.includes(input.delivery.country));
const reachable = (site: Site, input: RoutingInput) =>
  site.capabilities.includes('ship') && sends(site, input) && offered(site, input).length > 0;

/** Codes that hold for the site as a whole. */
export const siteCodes = (site: Site, input: RoutingInput): Set<string> =>
  new Set(Object.entries(siteChecks).flatMap(([code, holds]) => (holds(site, input) ? [code] : [])));

/** Lines that stand and fall together. */
export function bundlesOf(needs: readonly Need[]): Need[][] {
  const groups = [...new Set(needs.flatMap(({ keepTogetherGroup: group }) => group ?? []))];
  const grouped = groups.map((group) => needs.filter((one) => one.keepTogetherGroup === group));
  return [...grouped, ...needs.filter((one) => one.keepTogetherGroup === undefined).map((one) => [one])];
}

export const isWhole = (bundle: readonly Need[]) =>
  bundle[0]!.keepTogetherGroup !== undefined || !bundle[0]!.splittable;

export function stockFor(bundle: readonly Need[], units: (line: Need) => number): Map<string, number> {
  const stock = new Map<string, number>();
  for (const line of bundle) {
    for (const { sku, perUnit } of line.components ?? [{ sku: line.sku, perUnit: 1 }]) {
      stock.set(sku, (stock.get(sku) ?? 0) + perUnit * units(line));
    }
  }
  return stock;
}

export const piecesOf = (line: Need) =>
  (line.components ?? [{ perUnit: 1 }]).reduce((sum, { perUnit }) => sum + perUnit, 0);

/** Codes why a bundle, or for a splittable line even one unit of it, cannot come from the site, were the site itself in. */
export function bundleCodes(site: Site, bundle: readonly Need[], input: RoutingInput): Set<string> {
  const codes = new Set<string>();
  const filter = filterOf(input);
  const least = stockFor(bundle, (line) => (isWhole(bundle) ? line.quantity : 1));
  for (const [name, units] of least) {
    const held = site.stock.find(({ sku }) => sku === name);
    const available = held?.available ?? 0;
    const kept = filter.safetyStock === 'keep' ? (held?.safetyStock ?? 0) : 0;
    if (available < units) codes.add('NO_STOCK');
    else if (available - kept < units) codes.add('SAFETY_STOCK');
  }
  for (const line of bundle) {
    if (line.requiredCapabilities.some((one) => !site.capabilities.includes(one))) codes.add('NO_CAPABILITY');
    for (const { sku, country, locationId } of input.restrictions) {
      const names = [line.sku, ...(line.components ?? []).map((one) => one.sku)];
      if (
        (!sku || names.includes(sku)) &&
        (!country || country === 'ES') &&
        (!locationId || locationId === site.locationId)
      )
        codes.add('RESTRICTED');
    }
  }
  const pieces = bundle.reduce((sum, line) => sum + piecesOf(line) * (isWhole(bundle) ? line.quantity : 1), 0);
  if (filter.respectCapacity && (site.capacity.unitsLeft ?? pieces) < pieces) codes.add('NO_CAPACITY');
  return codes;
}

/** Undefined: the site is in. Else every code that must be told. */
export function whyOut(site: Site, input: RoutingInput): Set<string> | undefined {
  const ofSite = siteCodes(site, input);
  const ofBundles = bundlesOf(input.needs).map((bundle) => bundleCodes(site, bundle, input));
  if (ofSite.size === 0 && ofBundles.some(({ size }) => size === 0)) return undefined;
  return new Set([...ofSite, ...ofBundles.flatMap((codes) => [...codes])]);
}
