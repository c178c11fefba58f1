import {
  access,
  backorders,
  geocoder,
  networkReader,
  orderPolicy,
  placingDeps,
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
  system,
  policy: orderPolicy(),
});
