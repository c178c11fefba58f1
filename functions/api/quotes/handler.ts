import {
  access,
  backorders,
  geocoder,
  networkReader,
  orderPolicy,
  placingDeps,
  stockDeps,
  system,
} from '../../../shared/runtime/dependencies.ts';
import { keyDoor } from '../../../shared/runtime/door.ts';
import { quoteRoutes } from './routes.ts';

export const handler = quoteRoutes({
  door: keyDoor(access(), system.now),
  network: networkReader(),
  kits: placingDeps().kits,
  geocoder: geocoder(),
  backorders: backorders(),
  stockQueries: stockDeps().stockQueries,
  system,
  policy: orderPolicy(),
});
