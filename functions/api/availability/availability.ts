import type { Coordinates } from '../../../shared/domain/distance.ts';
import type { Sku } from '../../../shared/domain/ids.ts';
import { type Availability, availabilityOf } from '../../../shared/domain/network/availability.ts';
import { kitBuckets } from '../../../shared/domain/network/kit-availability.ts';
import { locationsOf } from '../../../shared/domain/network/location-group.ts';
import { restrictionsOn } from '../../../shared/domain/network/restrictions.ts';
import type { StorefrontId } from '../../../shared/domain/network/storefront.ts';
import type { Geocoder } from '../../../shared/ports/geocoder.ts';
import type { Network, NetworkReader, SkuStock } from '../../../shared/ports/network.ts';
import type { System } from '../../../shared/ports/system.ts';
import type { Answer } from '../../../shared/runtime/answer.ts';
import { ProblemError } from '../../../shared/runtime/problem.ts';
import type { ApiRequest } from '../../../shared/runtime/request.ts';
import type { availabilityContracts } from './contract.ts';

type RequestOf<Name extends keyof typeof availabilityContracts> = ApiRequest<(typeof availabilityContracts)[Name]>;

export interface AvailabilityDeps {
  network: NetworkReader;
  geocoder: Geocoder;
  system: System;
}

interface Asked {
  storefrontId: StorefrontId;
  sku: Sku;
  country: string | undefined;
}

interface Place {
  country?: string | undefined;
  postalCode?: string | undefined;
  coordinates?: Coordinates | undefined;
}

export async function getAvailability(
  deps: AvailabilityDeps,
  { query }: RequestOf<'getAvailability'>,
): Promise<Answer> {
  const { sku, storefront, country, postalCode, latitude, longitude } = query;
  if ((latitude === undefined) !== (longitude === undefined)) {
    const parameter = latitude === undefined ? 'latitude' : 'longitude';
    const errors = [{ parameter, code: 'required', detail: 'latitude and longitude come together.' }];
    throw new ProblemError('invalid_parameter', undefined, { errors });
  }
  const coordinates = latitude !== undefined && longitude !== undefined ? { latitude, longitude } : undefined;
  const [network, stock, near] = await Promise.all([
    deps.network.network(),
    readStock(deps, sku),
    locate(deps, { country, postalCode, coordinates }),
  ]);
  if (!isKnown(stock)) throw new ProblemError('sku_not_found');
  return {
    status: 200,
    body: represent(available(deps, network, { storefrontId: storefront, sku, country }, stock, near)),
  };
}

/** A SKU that never had stock is `unknown`: the rest of the list is answered all the same. */
export async function askAvailability(deps: AvailabilityDeps, { body }: RequestOf<'askAvailability'>): Promise<Answer> {
  const [network, near, ...stocks] = await Promise.all([
    deps.network.network(),
    body.near && locate(deps, body.near),
    ...body.skus.map((sku) => readStock(deps, sku)),
  ]);
  const data = body.skus.map((sku, index) => {
    const stock = stocks[index];
    return stock && isKnown(stock)
      ? represent(
          available(deps, network, { storefrontId: body.storefront, sku, country: body.near?.country }, stock, near),
        )
      : { sku, availableToSell: 0, status: 'unknown', locations: [] };
  });
  return { status: 200, body: { data } };
}

function available(
  { system }: AvailabilityDeps,
  network: Network,
  { storefrontId, sku, country }: Asked,
  stock: StockRead,
  near: Coordinates | undefined,
): Availability {
  const storefront = network.storefronts.get(storefrontId);
  // A shop that has set up no storefronts sells everything everywhere; one that has, has a typing error here.
  if (!storefront && network.storefronts.size > 0) throw new ProblemError('storefront_not_found');
  const group = storefront?.locationGroupId;
  const { category, buckets, safety } = forSale(stock, storefrontId, network);
  return availabilityOf({
    sku,
    category,
    storefrontId,
    segment: group && locationsOf(group, network.groups),
    locations: servingLocations(network, stock, { sku, country }),
    buckets,
    safety,
    lowStock: storefront?.lowStock ?? 0,
    now: system.now(),
    near,
  });
}

/** Those that may send it, to this country if it is known. */
function servingLocations(
  { locations, restrictions }: Network,
  { category, parts = new Map() }: StockRead,
  { sku, country }: Pick<Asked, 'sku' | 'country'>,
): Network['locations'] {
  if (restrictions.restrictions.length === 0) return locations;
  const goods = new Map<Sku, Pick<SkuStock, 'category'>>([[sku, { category }], ...parts]);
  const restricted = restrictionsOn(restrictions.restrictions, goods, country);
  return locations.filter(({ id }) =>
    restricted.every(({ locationId }) => locationId !== undefined && locationId !== id),
  );
}

/** A SKU, and what it is made of if it is a kit. */
interface StockRead extends SkuStock {
  parts?: ReadonlyMap<Sku, SkuStock>;
}

async function readStock({ network }: AvailabilityDeps, sku: Sku): Promise<StockRead> {
  const stock = await network.sku(sku);
  if (!stock.components) return stock;
  const parts = await Promise.all(stock.components.map(async (one) => [one.sku, await network.sku(one.sku)] as const));
  return { ...stock, parts: new Map(parts) };
}

const isKnown = ({ buckets, parts }: StockRead): boolean =>
  parts ? [...parts.values()].some((part) => part.buckets.length > 0) : buckets.length > 0;

/** A kit has no stock and no safety stock of its own: what its components leave is all there is. */
function forSale(
  { category, buckets, safety, components, parts }: StockRead,
  storefrontId: StorefrontId,
  network: Network,
) {
  if (!components || !parts) return { category, buckets, safety: [...safety, ...network.safety] };
  return { category, buckets: kitBuckets(components, parts, { storefrontId, safety: network.safety }), safety: [] };
}

async function locate({ geocoder }: AvailabilityDeps, place: Place): Promise<Coordinates | undefined> {
  if (place.coordinates) return place.coordinates;
  if (!place.country) return undefined;
  const found = await geocoder.locate(place.country, place.postalCode);
  if (!found) throw new ProblemError('unknown_place');
  return found;
}

const represent = ({ locations, ...rest }: Availability) => ({
  ...rest,
  locations: locations.map(({ pickupReadyAt, ...location }) => ({
    ...location,
    ...(pickupReadyAt !== undefined && { pickupReadyAt: new Date(pickupReadyAt).toISOString() }),
  })),
});
